import { annotations, labels, managedBy, reservedPrefix } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { KindContext } from "./kind.ts";

/**
 * Annotations by which pods and claims carry what later translations need. Under a prefix of their own: the engine owns
 * `inkube.dev/` and writes the same there on every object.
 */
export const ownAnnotations = {
  /** Label and annotation keys that come from inside, so that one removed inside can be told from one that the host added. */
  ownedKeys: "syncer.inkube.dev/owned-keys",
  /** Taints of a mirrored node that come from the host, so that a tenant's own can be told from them. */
  hostTaints: "syncer.inkube.dev/host-taints",
  /** Hash of a pod's changeable fields as last wanted, so that what the host's webhooks changed is left alone. */
  mutableHash: "syncer.inkube.dev/mutable-hash",
  /** The nested pod's labels and annotations as the downward API writes them. */
  labels: "syncer.inkube.dev/labels",
  annotations: "syncer.inkube.dev/annotations",
  /** Prefix of one other field of the nested pod that a downward API volume shows; the hash of its path follows. */
  field: "syncer.inkube.dev/field-",
} as const;

/** True for keys of labels and annotations that are Inkube's own on the host; a tenant's keys of that form stay inside. */
export function isReserved(key: string): boolean {
  return key.startsWith(reservedPrefix) || /^[^/]*\.inkube\.dev\//.test(key);
}

/**
 * The nested name and namespace behind a host object that the syncer made; undefined for any other object.
 * The annotations are believed only when the name derived from them is the object's own.
 */
export function nestedIdentity(
  host: KubeObject,
  context: KindContext,
): { name: string; namespace: string } | undefined {
  const name = host.metadata.annotations?.[annotations.name];
  const namespace = host.metadata.annotations?.[annotations.namespace];
  if (name === undefined || namespace === undefined) return undefined;
  if (host.metadata.labels?.[labels.managedBy] !== managedBy.syncer) return undefined;
  return context.hostName(name, namespace) === host.metadata.name ? { name, namespace } : undefined;
}
