import { fieldManagers, type HostCluster, names } from "@inkube/api";
import { type Client, isKubeError, type KubeObject, type Logger, type ResourceType, resources } from "@inkube/kube";
import { says } from "../objects/subset.ts";
import { isOurMetricsApi, metricsApiName, metricsApiService, metricsServerDeployment } from "./objects.ts";

const mostAttempts = 10;
const deploymentRef = { name: names.metricsServer, namespace: names.systemNamespace };

export interface MetricsServerDependencies {
  client: Client;
  logger: Logger;
}

/**
 * Brings a metrics server to a host that serves no Metrics API, and keeps it as it was brought. Where somebody else serves that API,
 * or the host wants none of ours, what the agent brought goes, and nothing else is touched. The host is told of it only while it
 * answers: one that does not would hold up the deletion of every namespace there. False while it is awaited. Throws KubeError.
 */
export async function keepMetricsServer(
  dependencies: MetricsServerDependencies,
  host: HostCluster,
  signal: AbortSignal,
): Promise<boolean> {
  const { client, logger } = dependencies;
  const { spec } = host;
  const served = await client.get(resources.apiservices, { name: metricsApiName }, { signal });
  const isWanted = spec.metricsServer?.install !== "Never" && (!served || isOurMetricsApi(served));
  if (!isWanted) {
    await removeMetricsServer(client, signal);
    return true;
  }
  // Applied, never created: what the agent may create it may create by name alone.
  const keep = async (type: ResourceType, live: KubeObject | undefined, wanted: KubeObject): Promise<KubeObject> => {
    if (live && says(live, wanted)) return live;
    if (!live) logger.info({ kind: wanted.kind, name: wanted.metadata.name }, "Brings a metrics server");
    return client.apply(type, wanted, { fieldManager: fieldManagers.agent, force: true, signal });
  };
  const there = await client.get(resources.deployments, deploymentRef, { signal });
  const deployment = await keep(resources.deployments, there, metricsServerDeployment(spec));
  if (isAvailable(deployment)) {
    await keep(resources.apiservices, served, metricsApiService(host));
    return true;
  }
  await removeMetricsApi(client, signal);
  return false;
}

function isAvailable({ status }: KubeObject): boolean {
  return ((status as { availableReplicas?: number } | undefined)?.availableReplicas ?? 0) > 0;
}

/** Takes away what {@link keepMetricsServer} brought, if anything. Throws KubeError. */
export async function removeMetricsServer(client: Client, signal: AbortSignal): Promise<void> {
  await removeMetricsApi(client, signal);
  const deployment = await client.get(resources.deployments, deploymentRef, { signal });
  if (deployment) await client.delete(resources.deployments, deploymentRef, { propagation: "Background", signal });
}

/** Only a version of it that leads to ours: somebody may be replacing it, and the API server writes its status all the time. */
async function removeMetricsApi(client: Client, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const served = await client.get(resources.apiservices, { name: metricsApiName }, { signal });
    if (!served || !isOurMetricsApi(served)) return;
    const { uid = "", resourceVersion = "" } = served.metadata;
    try {
      await client.delete(resources.apiservices, { name: metricsApiName }, { uid, resourceVersion, signal });
      return;
    } catch (error) {
      if (attempt === mostAttempts || !isKubeError(error, "conflict")) throw error;
    }
  }
}
