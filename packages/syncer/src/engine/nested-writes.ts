import { isKubeError, type KubeObject } from "@inkube/kube";
import type { NestedWrite, ToHostKind } from "../kinds/kind.ts";
import { assertComplete, type ClusterState } from "./cluster-state.ts";

/**
 * Makes the nested object take over what its host copy calls for. Writes to different subresources go at the same time,
 * those to the same one in order, deletions last. A nested object that is gone meanwhile is no error.
 */
export async function takeOver(
  state: ClusterState,
  kind: ToHostKind,
  pair: { nested: KubeObject; host: KubeObject },
  signal: AbortSignal,
): Promise<void> {
  const all = kind.fromHost(pair.host, pair.nested, state.context);
  const writes = isOnlyScheduled(pair.host) ? all.filter((write) => !isStatus(write)) : all;
  if (writes.length === 0) return;
  const lanes = Map.groupBy(
    writes.filter((write) => write.verb !== "delete"),
    laneOf,
  );
  await settle([...lanes.values()].map((lane) => runLane(state, kind, pair.nested, lane, signal)));
  for (const write of writes) {
    if (write.verb !== "delete") continue;
    assertComplete(state);
    if (state.nested(kind.kind).ledger.isDeleting(pair.nested)) continue;
    await state.nested(kind.kind).delete(pair.nested, write.gracePeriodSeconds, signal);
  }
}

async function runLane(
  state: ClusterState,
  kind: ToHostKind,
  nested: KubeObject,
  lane: NestedWrite[],
  signal: AbortSignal,
): Promise<void> {
  const side = state.nested(kind.kind);
  for (const write of lane) {
    try {
      if (write.verb === "bind") await side.bind(nested, write.node, signal);
      if (write.verb === "patch") {
        const { subresource, body } = write;
        await side.patch(nested, body, { type: "merge", signal, ...(subresource && { subresource }) });
      }
    } catch (error) {
      if (!isKubeError(error, "notFound")) throw error;
    }
  }
}

/**
 * True between the binding of a host pod and its kubelet's first word. Its status then says only that it is scheduled, which the
 * nested API server says by itself when the nested pod is bound: a write less for every pod.
 */
function isOnlyScheduled(host: KubeObject): boolean {
  const { nodeName } = (host.spec ?? {}) as { nodeName?: string };
  const { phase, startTime } = (host.status ?? {}) as { phase?: string; startTime?: string };
  return Boolean(nodeName) && phase === "Pending" && !startTime && !host.metadata.deletionTimestamp;
}

function isStatus(write: NestedWrite): boolean {
  return write.verb === "patch" && write.subresource === "status";
}

function laneOf(write: NestedWrite): string {
  return write.verb === "patch" ? `patch/${write.subresource ?? ""}` : write.verb;
}

/** Waits for all, so that nothing still runs when the key is handled again; then throws the first failure. */
async function settle(work: Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
