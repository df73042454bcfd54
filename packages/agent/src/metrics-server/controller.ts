import { type HostCluster, names } from "@inkube/api";
import {
  type Client,
  type Clock,
  type Controller,
  createController,
  isKubeError,
  type Logger,
  sourceOf,
  type WatchCache,
} from "@inkube/kube";
import { keepMetricsServer } from "./keep-metrics-server.ts";

/** Neither somebody else's APIService nor how its pod is doing is watched. */
const lookMs = 60_000;
const awaitMs = 5000;

export interface MetricsServerControllerOptions {
  client: Client;
  clock: Clock;
  logger: Logger;
  hostClusters: WatchCache;
  hubConnection: WatchCache;
  /** Whether this host was imported into a hub: on others the metrics server is somebody else's affair. */
  isImported(): boolean;
}

/** Keeps the metrics server of an imported host. */
export function createMetricsServerController(options: MetricsServerControllerOptions): Controller {
  const { client, clock, logger, hostClusters, hubConnection, isImported } = options;
  return createController({
    name: "metrics-server",
    sources: [hostClusters, hubConnection].map((cache) => sourceOf(cache, () => [names.localHost], "low")),
    async reconcile(name, { signal }) {
      const local = hostClusters.get(name) as HostCluster | undefined;
      const isThere = local !== undefined && local.metadata.deletionTimestamp === undefined;
      if (!isThere || !isImported()) return { after: lookMs };
      const isSettled = await keepMetricsServer({ client, logger }, local, signal).catch((error: unknown) => {
        // The host was imported when agents brought none; applying a new import gives the right.
        if (isKubeError(error, "forbidden")) return true;
        throw error;
      });
      return { after: isSettled ? lookMs : awaitMs };
    },
    clock,
    logger,
  });
}
