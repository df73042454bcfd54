import type { HostClusterStatus } from "@inkube/api";
import type { Client } from "@inkube/kube";

const path = "/apis/metrics.k8s.io/v1beta1/nodes?limit=1";

/**
 * Whether the host serves the Metrics API to this agent, without which nothing is known of usage. Throws KubeError when the API
 * server does not answer.
 */
export async function metricsApi(client: Client): Promise<NonNullable<HostClusterStatus["metrics"]>> {
  const answer = await client.raw({ method: "GET", path });
  // A connection is free again only when its answer was read.
  for await (const _chunk of answer.body);
  return answer.status === 200 ? "available" : "unavailable";
}
