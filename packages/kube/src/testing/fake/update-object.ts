import type { KubeObject } from "../../types.ts";
import { type ApiContext, findObject, keyOf, type Target, timestamp, type WriteContext } from "./api-context.ts";
import { badRequest, notFound } from "./api-failure.ts";
import { trackUpdate } from "./apply/managers.ts";
import { withUpdateDefaults } from "./defaults.ts";
import { asJsonObject, sameJson } from "./json.ts";
import { type ServedType, typeKey } from "./registry.ts";
import { checkIncarnation, validateUpdate } from "./validation.ts";

/** Metadata that only the server writes. */
const serverFields = ["uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds"];

/** `wanted` reduced to what a write to this subresource may change of `live`. */
function restrict(type: ServedType, live: KubeObject, wanted: KubeObject, subresource: string): KubeObject {
  if (subresource === "status") {
    const { ownerReferences: _wanted, ...metadata } = wanted.metadata;
    const owners = live.metadata.ownerReferences;
    const merged = owners === undefined ? metadata : { ...metadata, ownerReferences: owners };
    return withStatus({ ...live, metadata: type.custom ? live.metadata : merged }, wanted.status);
  }
  if (subresource === "ephemeralcontainers") {
    const spec = { ...asJsonObject(live.spec), ephemeralContainers: asJsonObject(wanted.spec).ephemeralContainers };
    return { ...live, spec: withoutUndefined(spec) };
  }
  if (subresource === "binding") return wanted;
  if (subresource === "resize") return { ...live, spec: wanted.spec };
  return type.status ? withStatus(wanted, live.status) : wanted;
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

function withStatus(object: KubeObject, status: unknown): KubeObject {
  const { status: _old, ...rest } = object;
  return (status === undefined ? rest : { ...rest, status }) as KubeObject;
}

function withServerFields(live: KubeObject, wanted: KubeObject): KubeObject {
  const metadata: KubeObject["metadata"] = { ...wanted.metadata };
  for (const field of [...serverFields, "resourceVersion"]) {
    if (live.metadata[field] === undefined) delete metadata[field];
    else metadata[field] = live.metadata[field];
  }
  return { ...wanted, metadata };
}

/** Everything but metadata and status; what `metadata.generation` counts. */
function desired(object: KubeObject): unknown {
  const { metadata: _metadata, status: _status, ...rest } = object;
  return rest;
}

function withoutTimes(object: KubeObject): unknown {
  const { managedFields, ...metadata } = object.metadata;
  const entries = Array.isArray(managedFields) ? managedFields.map((entry) => ({ ...entry, time: "" })) : undefined;
  return { ...object, metadata: { ...metadata, entries } };
}

function isReleased(next: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = next.metadata;
  return deletionTimestamp !== undefined && !deletionGracePeriodSeconds && (finalizers ?? []).length === 0;
}

export interface UpdateContext extends WriteContext {
  /** A PUT, which some kinds only take with a resourceVersion. */
  replaces?: boolean;
  /** The change sets `managedFields` itself (an apply). */
  managed?: boolean;
}

/**
 * Changes an object: `change` gets the live one and returns what the writer wants. Fields that the writer may not
 * touch are kept, a change of the spec counts in `generation`, a write that changes nothing is none, and the last
 * finalizer of an object that is being deleted takes the object with it.
 */
export function updateObject(
  context: ApiContext,
  target: Target,
  write: UpdateContext,
  change: (live: KubeObject) => KubeObject,
): KubeObject {
  const { type, name } = target;
  const subresource = write.subresource ?? "";
  const live = findObject(context, target);
  if (live === undefined) throw notFound(type, name);
  const wanted = change(live);
  if (wanted.metadata.name !== name) {
    throw badRequest(`the name of the object (${wanted.metadata.name}) does not match the name on the URL (${name})`);
  }
  checkIncarnation(type, live, wanted, write.replaces === true);
  const restricted = restrict(type, live, withServerFields(live, wanted), subresource);
  const defaulted = withServerFields(
    live,
    subresource === "" ? withUpdateDefaults(live, restricted, context, type) : restricted,
  );
  validateUpdate(type, live, defaulted, subresource);
  const writer = { name: write.manager, subresource, time: timestamp(context.clock.now()) };
  const managedFields = write.managed ? wanted.metadata.managedFields : undefined;
  const tracked = write.managed
    ? { ...defaulted, metadata: withoutUndefined({ ...defaulted.metadata, managedFields }) }
    : trackUpdate(type, live, defaulted, writer);
  if (sameJson(withoutTimes(tracked), withoutTimes(live))) return live;
  const next = countGeneration(type, live, tracked);
  if (write.dryRun) return next;
  const key = keyOf(live);
  return isReleased(next)
    ? context.store.remove(typeKey(type), key, next)
    : context.store.put(typeKey(type), key, next);
}

function countGeneration(type: ServedType, live: KubeObject, next: KubeObject): KubeObject {
  if (!type.generation || sameJson(desired(live), desired(next))) return next;
  return { ...next, metadata: { ...next.metadata, generation: (live.metadata.generation ?? 0) + 1 } };
}
