import { hostName, names } from "@inkube/api";
import type { KubeObject, WatchCache } from "@inkube/kube";
import type { ClusterIdentity } from "../cluster-view.ts";
import type { KindContext, Reference, ToHostKind } from "../kinds/kind.ts";
import { formatKey } from "./object-key.ts";

/** Name of the index over nested objects by what they use. */
export const usesIndex = "uses";

/** The keys of what a live nested object uses; a finished pod uses nothing any more. */
export function usedKeys(kind: ToHostKind, nested: KubeObject): string[] {
  if (isFinished(nested)) return [];
  return kind.references(nested).map((reference) => formatKey(reference.kind, reference.namespace, reference.name));
}

/** True for a pod whose containers have ended for good. */
export function isFinished(nested: KubeObject): boolean {
  const phase = (nested.status as { phase?: unknown } | undefined)?.phase;
  return phase === "Succeeded" || phase === "Failed";
}

/** The part of a watch cache that the context reads. */
export type ReadableObjects = Pick<WatchCache, "type" | "get" | "list" | "byIndex">;

export interface KindContextOptions {
  identity: ClusterIdentity;
  clusterDomain: string;
  /** Known objects inside by plural; undefined for a kind that is not watched. */
  nested: (kind: string) => ReadableObjects | undefined;
  /** Known objects of the host namespace, and of the host's cluster-scoped kinds. */
  host: (kind: string) => ReadableObjects | undefined;
  /** Plurals of kinds that have the index of uses. */
  usingKinds: readonly string[];
}

/** What the kinds' pure functions may know, answered from the caches of one nested cluster and its host namespace. */
export function createKindContext(options: KindContextOptions): KindContext {
  const { identity, nested, host } = options;
  const clusterIPOf = (service: KubeObject | undefined): string => {
    const ip = (service?.spec as { clusterIP?: string } | undefined)?.clusterIP;
    return ip && ip !== "None" ? ip : "";
  };
  return {
    cluster: identity,
    clusterDomain: options.clusterDomain,
    get apiServerIP() {
      return clusterIPOf(host("services")?.get(names.controlPlane, identity.hostNamespace));
    },
    get dnsIP() {
      return clusterIPOf(nested("services")?.get(names.dnsService, "kube-system"));
    },
    hostName: (name, namespace) => hostName(name, namespace, identity.name),
    nested: (kind, name, namespace) => nested(kind)?.get(name, namespace),
    nestedList: (kind, namespace) => inNamespace(nested(kind)?.list() ?? [], namespace),
    host: (kind, name) => {
      const cache = host(kind);
      return cache?.get(name, cache.type.namespaced ? identity.hostNamespace : undefined);
    },
    isUsed(kind: Reference["kind"], namespace, name) {
      const key = formatKey(kind, namespace, name);
      return options.usingKinds.some((using) => (nested(using)?.byIndex(usesIndex, key).length ?? 0) > 0);
    },
  };
}

function* inNamespace(objects: Iterable<KubeObject>, namespace: string | undefined): Iterable<KubeObject> {
  for (const object of objects) {
    if (namespace === undefined || object.metadata.namespace === namespace) yield object;
  }
}
