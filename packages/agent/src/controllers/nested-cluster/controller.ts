import { isDeepStrictEqual } from "node:util";
import { labels } from "@inkube/api";
import {
  type Change,
  type Controller,
  changedObject,
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
  dependencies: NestedClusterDependencies & { logger: Logger; hostClusters: WatchCache; hubConnection?: WatchCache },
): Controller {
  const { clusters, pods, owned, hostClusters, hubConnection, ingressClasses, clock, logger } = dependencies;
  const everyKey = (): string[] => [...clusters.list()].map(clusterKey);
  const { ResourceQuota: quotas, ...others } = owned;
  const parts = [...Object.values(others), pods];
  return createController({
    name: "nested-cluster",
    sources: [
      sourceOf(clusters, (change) => [clusterKey(changedObject(change))]),
      ...parts.map((cache) => sourceOf(cache, (change) => keyOfPart(changedObject(change)), "high")),
      // Every pod that comes or goes is counted in a quota's status, which says nothing of what the agent made.
      sourceOf(quotas, (change) => (isOnlyCounted(change) ? [] : keyOfPart(changedObject(change))), "high"),
      sourceOf(ingressClasses, everyKey, "low"),
      sourceOf(hostClusters, (change) => (sameSpec(change) ? [] : everyKey()), "low"),
      // Whether a hub places them decides whose they are.
      ...(hubConnection ? [sourceOf(hubConnection, everyKey, "low")] : []),
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

/** True when nothing of an object differs but its status. */
export function isOnlyCounted(change: Change): boolean {
  if (change.type !== "modified") return false;
  const told = ({ status: _counted, metadata: { resourceVersion: _version, ...metadata }, ...rest }: KubeObject) => ({
    ...rest,
    metadata,
  });
  return isDeepStrictEqual(told(change.previous), told(change.object));
}

/** The agent's own heartbeat in the status concerns no nested cluster. */
function sameSpec(change: { type: string; object?: KubeObject; previous?: KubeObject }): boolean {
  return change.type === "modified" && change.object?.metadata.generation === change.previous?.metadata.generation;
}
