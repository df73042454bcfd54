import { finalizer, labels } from "@inkube/api";
import { type Client, type Clock, type KubeObject, resources } from "@inkube/kube";
import type { LostSecrets } from "../lost-secrets.ts";
import { lookAgain, type Observation, type Scope } from "../scope.ts";
import { dropFinalizer } from "./finalizer.ts";
import { removeDedicatedAccess } from "./syncer-handover.ts";

const lookMs = 500;
/** Terminating pods take their grace period; beyond this something holds them. */
const blockedAfterMs = 60_000;

/**
 * Takes everything of a nested cluster from the host, whatever state it is in, and lets the object go when the host
 * namespace is gone. A namespace that is not this cluster's own is left alone. Returns true when it has ended.
 */
export async function removeEverything(
  { client, clock, lost }: { client: Client; clock: Clock; lost: LostSecrets },
  scope: Scope,
): Promise<boolean> {
  if (!scope.cluster.metadata.finalizers?.includes(finalizer)) return true;
  const { hostNamespace, uid } = scope.identity;
  // Asked live: from a cache that is behind, a namespace that is still there would look gone.
  const namespace = await client.get(resources.namespaces, { name: hostNamespace }, { signal: scope.signal });
  if (!namespace || namespace.metadata.labels?.[labels.clusterUid] !== uid) {
    await removeDedicatedAccess(client, scope);
    await dropFinalizer(client, scope);
    lost.forget(hostNamespace);
    scope.logger.info({}, "Deleted nested cluster");
    return true;
  }
  if (namespace.metadata.deletionTimestamp === undefined) {
    const { uid: namespaceUid } = namespace.metadata;
    const options = { ...(namespaceUid && { uid: namespaceUid }), signal: scope.signal };
    await client.delete(resources.namespaces, { name: hostNamespace }, options);
    scope.logger.info({ namespace: hostNamespace }, "Deleting Namespace");
  }
  scope.observations.NamespaceReady = judge(namespace, clock.now());
  lookAgain(scope, lookMs);
  return false;
}

function judge(namespace: KubeObject, now: number): Observation {
  const since = namespace.metadata.deletionTimestamp;
  if (since === undefined || now - Date.parse(since) < blockedAfterMs) return { status: "False", reason: "Deleting" };
  const { conditions = [] } = (namespace.status ?? {}) as {
    conditions?: { type: string; status: string; message?: string }[];
  };
  const remaining = conditions.filter(({ type, status }) => status === "True" && /Remaining|Failure/.test(type));
  const particulars = remaining.map(({ message }) => message).join(" ");
  return { status: "False", reason: "DeletionBlocked", particulars };
}
