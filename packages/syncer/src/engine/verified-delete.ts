import type { KubeObject } from "@inkube/kube";
import type { ToHostKind } from "../kinds/kind.ts";
import { assertComplete, type ClusterState } from "./cluster-state.ts";
import { type Owner, ownerOf } from "./ownership.ts";

/** A nested pod that is gone was removed by force or before it ran: its containers get the shortest grace there is. */
const goneGraceSeconds = 1;

/**
 * Deletes a host object because the nested object it was made for is gone. Only after the nested API server itself said
 * so by name, with both caches complete before and after, and only that incarnation. Returns false when it is not gone.
 */
export async function deleteCopyOfGone(
  state: ClusterState,
  kind: ToHostKind,
  copy: { host: KubeObject; owner: Owner },
  signal: AbortSignal,
): Promise<boolean> {
  assertComplete(state);
  const { host, owner } = copy;
  if (host.metadata.deletionTimestamp || state.host(kind.kind).ledger.isDeleting(host)) return true;
  const live = await state.nested(kind.kind).live(owner.name, owner.namespace, signal);
  if (live && (owner.uid === "" || live.metadata.uid === owner.uid)) return false;
  assertComplete(state);
  await state.host(kind.kind).delete(host, goneGraceSeconds, signal);
  state.logger.info({ kind: kind.kind, namespace: owner.namespace, name: owner.name }, "Deleted host copy");
  return true;
}

/**
 * Deletes a nested object whose life ends with its host copy (a pod) because that copy vanished. Only after the host's
 * API server said so by name, with both caches complete before and after.
 */
export async function deleteOfVanishedCopy(
  state: ClusterState,
  kind: ToHostKind,
  nested: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  if (!(await isGoneOnHost(state, kind, nested, signal))) return;
  await removeInside(state, kind, nested, signal);
  const { namespace, name } = nested.metadata;
  state.logger.info({ kind: kind.kind, namespace, name }, "Deleted nested object after its host copy was gone");
}

/**
 * Ends the deletion of a nested object that waits for its containers: removes it once the host's API server confirms
 * that the copy is gone. Also where no grace is left: an API server first notes that and then removes the object, and one
 * that is killed in between leaves it for ever to whoever deletes it again.
 */
export async function finishTermination(
  state: ClusterState,
  kind: ToHostKind,
  nested: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  const { deletionGracePeriodSeconds = 0, finalizers = [] } = nested.metadata;
  if (deletionGracePeriodSeconds === 0 && finalizers.length > 0) return;
  if (state.nested(kind.kind).ledger.isDeleting(nested)) return;
  if (!(await isGoneOnHost(state, kind, nested, signal))) return;
  await removeInside(state, kind, nested, signal);
}

async function removeInside(
  state: ClusterState,
  kind: ToHostKind,
  nested: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  const clearing = state.onGone(kind, nested, signal);
  const [removed, cleared] = await Promise.allSettled([state.nested(kind.kind).delete(nested, 0, signal), clearing]);
  if (removed.status === "rejected") throw removed.reason;
  state.seenOnHost.delete(nested.metadata.uid ?? "");
  if (cleared.status === "rejected") throw cleared.reason;
}

async function isGoneOnHost(
  state: ClusterState,
  kind: ToHostKind,
  nested: KubeObject,
  signal: AbortSignal,
): Promise<boolean> {
  assertComplete(state);
  const side = state.host(kind.kind);
  const hostName = state.context.hostName(nested.metadata.name, nested.metadata.namespace ?? "");
  const live = await side.live(hostName, state.identity.hostNamespace, signal);
  const owner = live && ownerOf(live, state.identity, kind.type.kind);
  if (live && owner?.uid === nested.metadata.uid) {
    side.ledger.wrote(live);
    return false;
  }
  assertComplete(state);
  return true;
}
