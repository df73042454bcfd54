import type { KubeObject, OwnerReference } from "../../types.ts";
import { type ApiContext, findObject, keyOf } from "./api-context.ts";
import { deleteObject } from "./delete-object.ts";
import { asJsonObject, valueAt } from "./json.ts";
import { type ServedType, typeKey } from "./registry.ts";
import type { StoreEvent } from "./store.ts";
import { updateObject } from "./update-object.ts";

const background = { propagationPolicy: "Background", dryRun: false };
const write = { manager: "fake-controllers", dryRun: false };

function everything(context: ApiContext): { type: ServedType; object: KubeObject }[] {
  const seen = new Map(context.registry.all().map((type) => [typeKey(type), type]));
  return [...seen].flatMap(([key, type]) => context.store.list(key).map(([, object]) => ({ type, object })));
}

function targetOf(type: ServedType, object: KubeObject) {
  return { type, namespace: object.metadata.namespace ?? "", name: object.metadata.name };
}

function ownersOf(object: KubeObject): OwnerReference[] {
  return object.metadata.ownerReferences ?? [];
}

/** Drops a finalizer of a dying object, which may take the object with it. */
function release(context: ApiContext, type: ServedType, object: KubeObject, finalizer: string): void {
  updateObject(context, targetOf(type, object), write, (live) => ({
    ...live,
    metadata: { ...live.metadata, finalizers: (live.metadata.finalizers ?? []).filter((name) => name !== finalizer) },
  }));
}

function serveOwner(context: ApiContext, type: ServedType, owner: KubeObject): void {
  const finalizers = owner.metadata.finalizers ?? [];
  const { uid } = owner.metadata;
  const dependents = everything(context).filter(({ object }) => ownersOf(object).some((owned) => owned.uid === uid));
  if (finalizers.includes("orphan")) {
    for (const { type: kind, object } of dependents) {
      const ownerReferences = ownersOf(object).filter((reference) => reference.uid !== uid);
      updateObject(context, targetOf(kind, object), write, (live) => ({
        ...live,
        metadata: { ...live.metadata, ownerReferences },
      }));
    }
    release(context, type, owner, "orphan");
  } else if (finalizers.includes("foregroundDeletion")) {
    const dying = dependents.filter(({ object }) => object.metadata.deletionTimestamp === undefined);
    for (const dependent of dying) deleteObject(context, targetOf(dependent.type, dependent.object), background);
    const blocked = everything(context).some(({ object }) =>
      ownersOf(object).some((reference) => reference.uid === uid && reference.blockOwnerDeletion === true),
    );
    if (!blocked) release(context, type, owner, "foregroundDeletion");
  }
}

/** Deletes what has owners of which none exists; serves owners that die in the foreground or orphan what they own. */
export function collectGarbage(context: ApiContext): void {
  const all = everything(context);
  const alive = new Set(all.map(({ object }) => object.metadata.uid));
  for (const { type, object } of all) {
    if (object.metadata.deletionTimestamp !== undefined) {
      if (findObject(context, targetOf(type, object))) serveOwner(context, type, object);
      continue;
    }
    const owners = ownersOf(object);
    if (owners.length === 0 || owners.some((owner) => alive.has(owner.uid))) continue;
    if (findObject(context, targetOf(type, object))) deleteObject(context, targetOf(type, object), background);
  }
}

/** Empties namespaces that are being deleted, and removes them when nothing is left inside. */
export function collectNamespaces(context: ApiContext): void {
  const all = everything(context);
  for (const { type, object } of all) {
    if (typeKey(type) !== "namespaces." || object.metadata.deletionTimestamp === undefined) continue;
    const { name } = object.metadata;
    for (const inside of all) {
      if (inside.object.metadata.namespace !== name || inside.object.metadata.deletionTimestamp !== undefined) continue;
      if (findObject(context, targetOf(inside.type, inside.object))) {
        deleteObject(context, targetOf(inside.type, inside.object), background);
      }
    }
    const left = everything(context).some((other) => other.object.metadata.namespace === name);
    const finalizers = object.metadata.finalizers ?? [];
    if (!left && finalizers.length === 0) context.store.remove(typeKey(type), keyOf(object), object);
  }
}

/** Serves the kinds of custom resource definitions as they come and go, and marks those Established. */
export function serveDefinitions(context: ApiContext, event: StoreEvent): void {
  if (event.typeKey !== "customresourcedefinitions.apiextensions.k8s.io") return;
  const spec = asJsonObject(event.object.spec);
  const names = asJsonObject(spec.names);
  const versions = (Array.isArray(spec.versions) ? spec.versions : []).filter((version) => version.served === true);
  for (const version of versions) {
    const type = {
      group: String(spec.group),
      version: String(version.name),
      plural: String(names.plural),
      kind: String(names.kind),
      namespaced: spec.scope === "Namespaced",
    };
    if (event.type === "DELETED") context.registry.unregister(type);
    else {
      const scale = valueAt(version, "subresources", "scale");
      context.registry.register(type, {
        status: valueAt(version, "subresources", "status") !== undefined,
        ...(scale === undefined ? {} : { scale: { spec: pathOf(scale, "spec"), status: pathOf(scale, "status") } }),
      });
    }
  }
  if (event.type === "ADDED") establish(context, event.object);
}

function pathOf(scale: unknown, part: string): string[] {
  return String(valueAt(scale, `${part}ReplicasPath`))
    .split(".")
    .filter(Boolean);
}

function establish(context: ApiContext, definition: KubeObject): void {
  const type = context.registry.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
  if (type === undefined) return;
  const lastTransitionTime = definition.metadata.creationTimestamp;
  const conditions = ["NamesAccepted", "Established"].map((condition) => ({
    type: condition,
    status: "True",
    reason: condition === "Established" ? "InitialNamesAccepted" : "NoConflicts",
    message: "",
    lastTransitionTime,
  }));
  const names = valueAt(definition, "spec", "names");
  updateObject(context, targetOf(type, definition), { ...write, subresource: "status" }, (live) => ({
    ...live,
    status: { conditions, acceptedNames: names, storedVersions: [] },
  }));
}
