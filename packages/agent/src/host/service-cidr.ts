import { AppError } from "@inkube/api";
import { type Client, isKubeError, resources } from "@inkube/kube";

/** A name that no Service has; it is never created. */
const probeName = "inkube-range-probe";
/** Outside of any sensible range of ClusterIPs: a documentation address. */
const impossibleAddress = "192.0.2.1";

/**
 * The host's range of ClusterIPs. Newer hosts say it in an object; of older ones it is learnt from the message by which
 * they refuse an address outside of it. Throws AppError when neither tells.
 */
export async function findServiceCIDR(client: Client, namespace: string, signal?: AbortSignal): Promise<string> {
  return (await fromObject(client, signal)) ?? (await fromRefusal(client, namespace, signal));
}

async function fromObject(client: Client, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const object = await client.get(resources.servicecidrs, { name: "kubernetes" }, signal && { signal });
    const ranges = (object?.spec as { cidrs?: string[] } | undefined)?.cidrs;
    return ranges && ranges.length > 0 ? ranges.join(",") : undefined;
  } catch (error) {
    if (isKubeError(error, "notFound", "forbidden")) return undefined;
    throw error;
  }
}

async function fromRefusal(client: Client, namespace: string, signal?: AbortSignal): Promise<string> {
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: probeName, namespace },
    spec: { clusterIP: impossibleAddress, ports: [{ port: 443 }] },
  };
  try {
    await client.create(resources.services, service, { dryRun: true, ...(signal && { signal }) });
  } catch (error) {
    if (!isKubeError(error, "invalid")) throw error;
    const range = /valid IPs is ([0-9a-fA-F.:]+\/\d+)/.exec(error.message)?.[1];
    if (range) return range;
  }
  throw new AppError("HOST_UNSUITABLE", "The host does not tell its range of ClusterIPs.", {
    todo: "Set spec.serviceCIDR of the HostCluster local.",
  });
}
