import { labels } from "@inkube/api";
import {
  type Controller,
  createController,
  type KubeObject,
  type Logger,
  sourceOf,
  type WatchCache,
} from "@inkube/kube";
import { type NestedClusterDependencies, reconcileNestedCluster } from "./reconcile.ts";
import { clusterKey } from "./scope.ts";

/** How many nested clusters are worked on at the same time. */
const concurrency = 8;

/** Reconciles NestedClusters, whenever they, anything made for them, or their host changes. */
export function createNestedClusterController(
  dependencies: NestedClusterDependencies & { logger: Logger; hostClusters: WatchCache },
): Controller {
  const { clusters, pods, owned, hostClusters, clock, logger } = dependencies;
  const everyKey = (): string[] => [...clusters.list()].map(clusterKey);
  const parts = [...Object.values(owned), pods];
  return createController({
    name: "nested-cluster",
    sources: [
      sourceOf(clusters, (change) => [clusterKey(change.type === "deleted" ? change.previous : change.object)]),
      ...parts.map((cache) =>
        sourceOf(cache, (change) => keyOfPart(change.type === "deleted" ? change.previous : change.object), "high"),
      ),
      sourceOf(hostClusters, (change) => (sameSpec(change) ? [] : everyKey()), "low"),
    ],
    reconcile: (key, context) => reconcileNestedCluster(dependencies, key, context),
    // A host that is restarted answers within seconds; nobody should wait minutes after that.
    queue: { concurrency, backoff: { baseMs: 50, maxMs: 30_000 } },
    clock,
    logger,
  });
}

/** Whose part an object is, by its labels. A wrong label costs one reconcile that finds nothing to do. */
function keyOfPart({ metadata }: KubeObject): string[] {
  const project = metadata.labels?.[labels.project];
  const name = metadata.labels?.[labels.cluster];
  return project && name ? [`${project}/${name}`] : [];
}

/** The agent's own heartbeat in the status concerns no nested cluster. */
function sameSpec(change: { type: string; object?: KubeObject; previous?: KubeObject }): boolean {
  return change.type === "modified" && change.object?.metadata.generation === change.previous?.metadata.generation;
}
