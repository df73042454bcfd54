import {
  AppError,
  apiVersion,
  type HostCluster,
  hostClusters,
  isTooOld,
  oldestHostVersion,
  reasonMessage,
  setCondition,
} from "@inkube/api";
import type { Client, Clock, KubeObject } from "@inkube/kube";

/** A manager of its own, so that what it says goes whole when it is said no more. */
const fieldManager = "inkube-hub-join";

/**
 * Refuses a cluster that is too old to be this host, and says so on the host; takes back what was said before of one that is not.
 * Nothing of the import is spent: the agent tries again, so an upgrade of the cluster is all that is needed. Throws AppError
 * SPEC_INVALID.
 */
export async function mustBeNewEnough(
  { client, clock }: { client: Client; clock: Clock },
  host: HostCluster,
  version: string,
): Promise<void> {
  const oldest = oldestHostVersion[host.spec.access];
  const particulars = `It runs ${version}, and a host with access ${host.spec.access} needs ${oldest} or later`;
  const isRefused = isTooOld(version, oldest);
  if (isRefused || host.status?.phase === "Failed") {
    const said = isRefused ? refusal(host, particulars, clock.now()) : {};
    const metadata = { name: host.metadata.name };
    const object: KubeObject = { apiVersion, kind: hostClusters.kind, metadata, status: said };
    await client.apply(hostClusters, object, { fieldManager, force: true, subresource: "status" });
  }
  if (!isRefused) return;
  throw new AppError("SPEC_INVALID", reasonMessage("HostVersionTooOld", particulars), {
    todo: "Upgrade the cluster; its agent tries again by itself.",
    details: [{ field: "version", message: particulars }],
  });
}

function refusal({ status, metadata }: HostCluster, particulars: string, now: number): object {
  const reason = "HostVersionTooOld";
  const message = reasonMessage(reason, particulars);
  const observedGeneration = metadata.generation ?? 0;
  const condition = { type: "Ready", status: "False", reason, message, observedGeneration } as const;
  const all = setCondition(status?.conditions, condition, now);
  return { phase: "Failed", conditions: all.filter(({ type }) => type === condition.type) };
}
