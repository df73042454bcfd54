import { hostNamespace, type NestedCluster, nestedClusters } from "@inkube/api";
import { createWatchCache, type KubeObject, type WatchCache } from "@inkube/kube";
import type { ClusterRegistry, ClusterView } from "../cluster-view.ts";
import { NestedClusterRuntime, type RuntimeServices } from "./nested-cluster-runtime.ts";

export interface ClusterManagerOptions extends RuntimeServices {
  /** Serve this one only, whatever its `spec.syncer` says. Absent: all that share a syncer. */
  only?: { project: string; name: string };
}

/**
 * Starts and stops one {@link NestedClusterRuntime} for every NestedCluster that this process serves: from the moment its
 * host namespace is known until it is being deleted.
 */
export class ClusterManager implements ClusterRegistry {
  readonly #options: ClusterManagerOptions;
  readonly #clusters: WatchCache;
  readonly #runtimes = new Map<string, NestedClusterRuntime>();
  /** Runtimes that are ending, by host namespace: a successor waits for them. */
  readonly #ending = new Map<string, Promise<void>>();
  #stopped = false;

  constructor(options: ClusterManagerOptions) {
    this.#options = options;
    const { hostClient: client, clock, random, logger, only } = options;
    this.#clusters = createWatchCache({
      client,
      type: nestedClusters,
      ...(only && { namespace: only.project, fieldSelector: `metadata.name=${only.name}` }),
      clock,
      random,
      logger,
    });
    options.metrics.onCollect(() => this.#collect());
  }

  byHostNamespace(namespace: string): ClusterView | undefined {
    return this.#runtimes.get(namespace)?.view;
  }

  /** The clusters that are served now. */
  get runtimes(): Iterable<NestedClusterRuntime> {
    return this.#runtimes.values();
  }

  /** True while the list of nested clusters is known to be complete. */
  get synced(): boolean {
    return this.#clusters.synced;
  }

  start(): void {
    this.#clusters.onChange((change) => {
      if (change.type === "deleted") this.#end(change.previous);
      else this.#serve(change.object);
    });
    this.#clusters.start();
  }

  /** Ends all runtimes after their running writes. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#clusters.stop();
    for (const runtime of this.#runtimes.values()) this.#stopRuntime(runtime);
    await Promise.all(this.#ending.values());
  }

  #serve(object: KubeObject): void {
    if (this.#stopped) return;
    const cluster = object as unknown as NestedCluster;
    const namespace = cluster.status?.namespace;
    const served = this.#options.only !== undefined || cluster.spec.syncer === "shared";
    if (!served || cluster.metadata.deletionTimestamp) this.#end(object);
    else if (namespace) this.#serveIn(namespace, cluster);
  }

  #serveIn(namespace: string, cluster: NestedCluster): void {
    if (namespace !== hostNamespace(cluster.metadata.namespace ?? "", cluster.metadata.name)) {
      const { namespace: project, name } = cluster.metadata;
      this.#options.logger.warn({ project, name }, "Did not serve NestedCluster, its host namespace is not its own");
      return;
    }
    const present = this.#runtimes.get(namespace);
    if (present?.identity.uid === cluster.metadata.uid) return;
    if (present) this.#stopRuntime(present);
    void this.#startRuntime(cluster, namespace);
  }

  async #startRuntime(cluster: NestedCluster, namespace: string): Promise<void> {
    const runtime = new NestedClusterRuntime(this.#options, cluster, namespace);
    this.#runtimes.set(namespace, runtime);
    await this.#ending.get(namespace);
    if (this.#runtimes.get(namespace) !== runtime) return;
    runtime.start();
    this.#options.logger.info({ cluster: namespace }, "Started to serve NestedCluster");
  }

  #end(object: KubeObject): void {
    const { namespace = "", name, uid } = object.metadata;
    const runtime = this.#runtimes.get(hostNamespace(namespace, name));
    if (runtime?.identity.uid === uid && runtime) this.#stopRuntime(runtime);
  }

  #stopRuntime(runtime: NestedClusterRuntime): void {
    const { hostNamespace: namespace } = runtime.identity;
    if (this.#runtimes.get(namespace) === runtime) this.#runtimes.delete(namespace);
    const ending = Promise.all([this.#ending.get(namespace), runtime.stop()]).then(() => {
      if (this.#ending.get(namespace) === ending) this.#ending.delete(namespace);
      this.#options.logger.info({ cluster: namespace }, "Stopped serving NestedCluster");
    });
    this.#ending.set(namespace, ending);
  }

  #collect(): void {
    const { metrics } = this.#options;
    metrics.set("inkube_clusters", "Nested clusters that are served", {}, this.#runtimes.size);
    for (const [cluster, runtime] of this.#runtimes) {
      const { depth, running, delayed, parked } = runtime.queue;
      metrics.set("inkube_queue_depth", "Keys that wait", { cluster }, depth);
      metrics.set("inkube_queue_running", "Keys that are worked on", { cluster }, running);
      metrics.set("inkube_queue_delayed", "Keys that wait for a time", { cluster }, delayed);
      metrics.set("inkube_queue_parked", "Keys that wait for sight of both sides", { cluster }, parked);
      metrics.set("inkube_frozen", "1 while a nested cluster is frozen", { cluster }, runtime.frozen ? 1 : 0);
    }
  }
}
