import { annotations } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import type { Decision, KindContext, NestedWrite, ToHostKind } from "./kind.ts";
import { keepRule } from "./kind-rules.ts";
import { mergePatch } from "./merge-patch.ts";
import { hostMetadata } from "./metadata.ts";
import { metadataPatch, withOwnedKeys } from "./owned-keys.ts";
import { ownAnnotations } from "./ownership.ts";
import { shortHash } from "./short-hash.ts";
import { tenantTerms } from "./tenant-terms.ts";
import { type Json, optional, record, records, text, without } from "./untyped.ts";

const bindCompleted = "pv.kubernetes.io/bind-completed";

function sourcesOf(spec: Json): Json[] {
  return [spec.dataSource, spec.dataSourceRef].filter((source) => source !== undefined).map(record);
}

function isOwnClaim(source: Json, namespace: string): boolean {
  const from = text(source.namespace);
  return source.kind === "PersistentVolumeClaim" && text(source.apiGroup) === "" && (from === "" || from === namespace);
}

/** Asked of the host itself: inside, a tenant can give a volume of its own any name. */
function isOwnVolume(name: string, context: KindContext): boolean {
  const claimRef = record(record(context.host("persistentvolumes", name)?.spec).claimRef);
  return claimRef.namespace === context.cluster.hostNamespace;
}

/**
 * Every "no" is a "wait": a claim's copy holds data, so one that is on the host is never judged again and never goes because of
 * what is not known yet.
 */
function decide(nested: KubeObject, context: KindContext): Decision {
  const { name, namespace = "" } = nested.metadata;
  const copy = context.host("persistentvolumeclaims", context.hostName(name, namespace));
  if (copy?.metadata.annotations?.[annotations.uid] === nested.metadata.uid) return { sync: true };
  const spec = record(nested.spec);
  const foreign = sourcesOf(spec).find((source) => !isOwnClaim(source, namespace));
  if (foreign !== undefined) {
    const reason = `Its data source is a ${text(foreign.kind)}; only claims of its own namespace can be copied.`;
    return { sync: false, wait: true, reason };
  }
  const volume = text(spec.volumeName);
  if (volume !== "" && !isOwnVolume(volume, context)) {
    return {
      sync: false,
      wait: true,
      reason: `Volume ${volume} is none that a claim of this cluster had on the host.`,
    };
  }
  return { sync: true };
}

function toHost(nested: KubeObject, context: KindContext): KubeObject {
  const spec = record(nested.spec);
  const source = (value: unknown) => {
    const claim = context.hostName(text(record(value).name), nested.metadata.namespace ?? "");
    return { ...without(record(value), "namespace"), name: claim };
  };
  const metadata = hostMetadata(nested, context);
  const hash = { [ownAnnotations.mutableHash]: shortHash(JSON.stringify(changeable(spec))) };
  return withOwnedKeys({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...hash } },
    spec: {
      ...without(spec, "dataSource", "dataSourceRef"),
      ...optional("dataSource", spec.dataSource && source(spec.dataSource)),
      ...optional("dataSourceRef", spec.dataSourceRef && source(spec.dataSourceRef)),
    },
  });
}

/** What may change on a claim that exists. */
function changeable(spec: Json): Json {
  const requests = record(record(spec.resources).requests);
  return { resources: { requests }, ...optional("volumeAttributesClassName", spec.volumeAttributesClassName) };
}

/** The size is brought over when it changed inside only: what the host enlarged by itself is left alone. */
function update(host: KubeObject, wanted: KubeObject): { type: "merge"; body: object }[] {
  const metadata = metadataPatch(host, wanted);
  if (metadata === undefined) return [];
  const hash = ownAnnotations.mutableHash;
  const changed = host.metadata.annotations?.[hash] !== wanted.metadata.annotations?.[hash];
  return [{ type: "merge", body: { metadata, ...(changed ? { spec: changeable(record(wanted.spec)) } : {}) } }];
}

/** The host claim's status in the tenant's terms. */
function toldStatus(host: KubeObject, nested: KubeObject, context: KindContext): Json {
  const status = record(host.status);
  const { name, namespace = "" } = nested.metadata;
  const pair = { hostName: host.metadata.name, name, namespace };
  const tell = (message: unknown) => (typeof message === "string" ? tenantTerms(message, context, pair) : undefined);
  const conditions = records(status.conditions).map((condition) => ({
    ...condition,
    ...optional("message", tell(condition.message)),
  }));
  return { ...status, ...(conditions.length > 0 ? { conditions } : {}) };
}

function fromHost(host: KubeObject, nested: KubeObject, context: KindContext): NestedWrite[] {
  const writes: NestedWrite[] = [];
  const hostSpec = record(host.spec);
  const nestedSpec = record(nested.spec);
  const status = toldStatus(host, nested, context);
  const bound = status.phase === "Bound" || status.phase === "Lost";
  if (bound && text(nestedSpec.volumeName) === "" && text(hostSpec.volumeName) !== "") {
    const classOfHost = nestedSpec.storageClassName === undefined ? hostSpec.storageClassName : undefined;
    writes.push({
      verb: "patch",
      body: {
        metadata: { annotations: { [bindCompleted]: "yes" } },
        spec: { volumeName: hostSpec.volumeName, ...optional("storageClassName", classOfHost) },
      },
    });
  }
  const patch = Object.keys(status).length === 0 ? undefined : mergePatch(record(nested.status), status);
  if (patch !== undefined) writes.push({ verb: "patch", subresource: "status", body: { status: patch } });
  return writes;
}

/** Claims: bound on the host to a volume of the host's class of the same name; what it got comes back. */
export const persistentvolumeclaims: ToHostKind = {
  direction: "toHost",
  kind: "persistentvolumeclaims",
  type: resources.persistentvolumeclaims,
  hostRules: [keepRule(resources.persistentvolumeclaims)],
  decide,
  references(nested) {
    const { namespace = "" } = nested.metadata;
    return sourcesOf(record(nested.spec))
      .filter((source) => isOwnClaim(source, namespace))
      .map((source) => ({ kind: "persistentvolumeclaims", namespace, name: text(source.name), optional: true }));
  },
  tokens: () => [],
  toHost,
  write: "create",
  update,
  fromHost,
  onHostGone: () => "recreate",
  triggers: [
    {
      kind: "persistentvolumes",
      *affected(volume, context) {
        for (const claim of context.nestedList("persistentvolumeclaims")) {
          if (record(claim.spec).volumeName !== volume.metadata.name) continue;
          yield { namespace: claim.metadata.namespace ?? "", name: claim.metadata.name };
        }
      },
    },
  ],
};
