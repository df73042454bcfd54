import type { KubeObject, Outcome } from "@inkube/kube";
import type { ToHostKind } from "../kinds/kind.ts";
import { assertComplete, type ClusterState } from "./cluster-state.ts";
import { usedKeys } from "./kind-context.ts";
import { formatKey } from "./object-key.ts";

/** A copy that nobody uses stays this long: the next pod of the same owner often uses it again. Milliseconds. */
const quietMs = 15_000;
const againMs = 2_000;

/**
 * Removes the copy of an object that does not belong on the host any more, such as a Secret that no pod uses. Only after it
 * was unwanted for a while, and after the nested API server itself showed nothing that uses it.
 */
export async function withdraw(
  state: ClusterState,
  kind: ToHostKind,
  pair: { nested: KubeObject; host: KubeObject },
  signal: AbortSignal,
): Promise<Outcome> {
  const { nested, host } = pair;
  const side = state.host(kind.kind);
  if (host.metadata.deletionTimestamp || side.ledger.isDeleting(host)) return undefined;
  const uid = host.metadata.uid ?? "";
  const since = state.unwantedSince.get(uid) ?? state.clock.now();
  state.unwantedSince.set(uid, since);
  const left = since + quietMs - state.clock.now();
  if (left > 0) return { after: left };
  if (await isUsedLive(state, kind, nested, signal)) return { after: againMs };
  assertComplete(state);
  // Somebody may have begun to use it while the answer was under way.
  if (kind.decide(nested, state.context).sync) return { after: 0 };
  await side.delete(host, undefined, signal);
  return undefined;
}

/** Whether the nested API server itself shows an object that uses this one, whatever the caches say. */
async function isUsedLive(
  state: ClusterState,
  kind: ToHostKind,
  nested: KubeObject,
  signal: AbortSignal,
): Promise<boolean> {
  const { namespace, name } = nested.metadata;
  const key = formatKey(kind.kind, namespace, name);
  const pods = state.kinds.get("pods");
  if (!pods) return false;
  const live = await state.nested("pods").listLive(namespace, signal);
  return live.some((pod) => usedKeys(pods, pod).includes(key));
}
