import { clusterGroups, hostClusters, labels, type NestedCluster, nestedClusters } from "@inkube/api";
import { type Client, type Clock, createWatchCache, type Logger, resources, type WatchCache } from "@inkube/kube";

/** What the hub knows of the fleet, in memory and kept right by watches: lists never go to a host. */
export interface FleetView {
  clusters: WatchCache;
  hosts: WatchCache;
  groups: WatchCache;
  /** Namespaces of the hub that are projects. */
  projects: WatchCache;
  start(): void;
  stop(): Promise<void>;
  readonly synced: boolean;
}

export function createFleetView(options: {
  client: Client;
  clock: Clock;
  random: () => number;
  logger: Logger;
}): FleetView {
  const clusters = createWatchCache({
    ...options,
    type: nestedClusters,
    indexes: {
      host: (object) => listOf((object.status as NestedCluster["status"])?.host),
      group: (object) => listOf((object.spec as NestedCluster["spec"]).group),
      project: (object) => listOf(object.metadata.namespace),
      unplaced: (object) => ((object.status as NestedCluster["status"])?.host === undefined ? ["true"] : []),
    },
  });
  const view = {
    clusters,
    hosts: createWatchCache({ ...options, type: hostClusters }),
    groups: createWatchCache({ ...options, type: clusterGroups }),
    projects: createWatchCache({ ...options, type: resources.namespaces, labelSelector: `${labels.isProject}=true` }),
  };
  const caches: WatchCache[] = Object.values(view);
  return {
    ...view,
    get synced() {
      return caches.every((cache) => cache.synced);
    },
    start() {
      for (const cache of caches) cache.start();
    },
    async stop() {
      await Promise.all(caches.map((cache) => cache.stop()));
    },
  };
}

function listOf(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
