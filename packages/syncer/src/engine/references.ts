import type { KubeObject } from "@inkube/kube";
import type { ToHostKind } from "../kinds/kind.ts";
import type { ClusterState } from "./cluster-state.ts";
import { formatKey } from "./object-key.ts";
import { ownerOf } from "./ownership.ts";

/**
 * Brings what an object refers to onto the host before the object itself. References that do not exist inside are left
 * out: the kubelet waits for them, as it does on any cluster. `sync` brings one key to the host.
 */
export async function ensureReferences(
  state: ClusterState,
  kind: ToHostKind,
  nested: KubeObject,
  sync: (key: string) => Promise<void>,
): Promise<void> {
  const missing = kind
    .references(nested)
    .filter((reference) => !isOnHost(state, reference))
    .map((reference) => formatKey(reference.kind, reference.namespace, reference.name));
  if (missing.length > 0) await Promise.all([...new Set(missing)].map(sync));
}

function isOnHost(state: ClusterState, reference: { kind: string; namespace: string; name: string }): boolean {
  const kind = state.kinds.get(reference.kind);
  const nested = kind && state.nested(reference.kind).get(reference.name, reference.namespace);
  if (!nested) return true;
  const side = state.host(reference.kind);
  const hostName = state.context.hostName(reference.name, reference.namespace);
  const host = side.get(hostName, state.identity.hostNamespace);
  if (!host || host.metadata.deletionTimestamp || side.ledger.isDeleting(host)) return false;
  return ownerOf(host, state.identity, kind.type.kind)?.uid === nested.metadata.uid;
}
