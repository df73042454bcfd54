import type { NestedCluster } from "@inkube/api";
import { type Client, type Clock, type ClusterConfig, type Logger, parseKubeconfig } from "@inkube/kube";
import type { ClusterIdentity, ClusterView } from "../cluster-view.ts";
import type { EventTranslation, SyncKind } from "../kinds/kind.ts";
import { EventPump } from "./event-pump.ts";
import type { FairSemaphore } from "./fair-semaphore.ts";
import { hostGate, nestedGate } from "./gates.ts";
import { HostHalf } from "./host-half.ts";
import type { Metrics } from "./metrics.ts";
import { NestedHalf } from "./nested-half.ts";
import { Session } from "./session.ts";
import { createView } from "./session-view.ts";
import type { SharedHost } from "./shared-host.ts";
import { SyncedCondition, type SyncedState } from "./synced-condition.ts";

/** What prepares the inside of a nested cluster; see bootstrap/. */
export interface BootstrapPort {
  run(signal: AbortSignal): Promise<void>;
  keep(signal: AbortSignal): Promise<void>;
  refresh(): void;
}

/** What the runtime knows for the bootstrap. */
export interface BootstrapFacts {
  clusterDomain: string;
  openshift?: boolean;
  apiServiceIP: string;
  controlPlanePodIPs: () => readonly string[];
  /** PEM of the nested cluster's CA. */
  clusterCA: string;
}

/** What all nested clusters of a process share. Everything else is a cluster's own. */
export interface RuntimeServices {
  hostClient: Client;
  shared: SharedHost;
  kinds: readonly SyncKind[];
  translateEvent: EventTranslation;
  connect: (config: ClusterConfig) => Client;
  bootstrap: (view: ClusterView, facts: BootstrapFacts) => BootstrapPort;
  slots: FairSemaphore;
  metrics: Metrics;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** Between two looks whether the nested API answers for the first time, and how long one look may take. Milliseconds. */
const probeEveryMs = 100;
const probeTimeoutMs = 2_000;
/** A side may be out of sight this long, as between two watches, before people are told. Milliseconds. */
const quietMs = 3_000;

/**
 * The sync of one nested cluster for as long as it exists: waits for its credentials and its API, runs one {@link Session}
 * a connection, starts over when the credentials change, and says in the condition `Synced` how far it is.
 */
export class NestedClusterRuntime {
  readonly identity: ClusterIdentity;
  readonly #services: RuntimeServices;
  readonly #clusterDomain: string;
  readonly #openshift: boolean;
  readonly #host: HostHalf;
  readonly #logger: Logger;
  readonly #condition: SyncedCondition;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #live: { session: Session; nested: NestedHalf; view: ClusterView } | undefined;
  #bootstrapped = false;
  #wasSynced = false;
  #outOfSightSince: number | undefined;

  constructor(services: RuntimeServices, cluster: NestedCluster, hostNamespace: string) {
    const { name, namespace: project = "", uid = "" } = cluster.metadata;
    this.identity = { project, name, uid, hostNamespace };
    this.#services = services;
    this.#clusterDomain = cluster.spec.clusterDomain;
    this.#openshift = cluster.spec.advanced?.openshift === true;
    this.#logger = services.logger.child({ cluster: hostNamespace });
    const { hostClient: client, clock, random } = services;
    const gate = hostGate(hostNamespace, services.slots, services.metrics);
    const kinds = services.kinds.filter((kind) => kind.direction === "toHost");
    this.#host = new HostHalf({ client, namespace: hostNamespace, kinds, gate, clock, random, logger: this.#logger });
    const counts = () => this.counts();
    this.#condition = new SyncedCondition(
      { client, cluster: { project, name }, clock, logger: this.#logger, counts },
      cluster,
    );
  }

  /** Undefined until the nested API has answered. */
  get view(): ClusterView | undefined {
    return this.#live?.view;
  }

  get queue() {
    return this.#live?.session.queue ?? { depth: 0, running: 0, delayed: 0, added: 0, retries: 0, parked: 0 };
  }

  get frozen(): boolean {
    return this.#live?.session.frozen ?? true;
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  /** Ends after the running writes; both sides stay as they are. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#host.stop();
    await this.#condition.stop();
    this.#services.metrics.forget("cluster", this.identity.hostNamespace);
  }

  /** Objects of this cluster on the host now. */
  counts(): { objects: number; pods: number } {
    const pods = this.#host.side("pods").cache;
    let objects = 0;
    for (const { kind } of this.#services.kinds) {
      for (const object of this.#host.sides.get(kind)?.cache.list() ?? [])
        if (object.metadata.annotations) objects += 1;
    }
    return { objects, pods: [...pods.list()].filter(({ metadata }) => metadata.annotations).length };
  }

  async #run(signal: AbortSignal): Promise<void> {
    this.#host.start();
    this.#tell();
    while (!signal.aborted) {
      try {
        const text = await this.#kubeconfig(signal);
        await this.#serve(text, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#logger.error(
          { error: error instanceof Error ? error.message : String(error) },
          "Sync ended, starting over",
        );
        await this.#services.clock.sleep(quietMs, signal).catch(() => {});
      }
    }
  }

  /** Serves one connection until the credentials change. */
  async #serve(text: string, signal: AbortSignal): Promise<void> {
    const ending = new AbortController();
    const until = AbortSignal.any([signal, ending.signal]);
    const stopWatching = this.#host.side("secrets").cache.onChange(() => {
      const now = this.#host.kubeconfig();
      if (now !== undefined && now !== text) ending.abort();
    });
    const config = await parseKubeconfig(text);
    const client = this.#services.connect(config);
    try {
      await this.#untilAnswers(client, until);
      const apiServiceIP = await this.#apiServiceIP(until);
      await this.#sync(client, { apiServiceIP, clusterCA: config.ca ?? "" }, until);
    } catch (error) {
      if (!until.aborted) throw error;
    } finally {
      stopWatching();
      await client.close();
    }
  }

  async #sync(client: Client, facts: { apiServiceIP: string; clusterCA: string }, signal: AbortSignal): Promise<void> {
    const { kinds, shared, clock, random, metrics, hostClient } = this.#services;
    const logger = this.#logger;
    const nested = new NestedHalf({ client, kinds, gate: nestedGate(metrics), clock, random, logger });
    const session = new Session({
      identity: this.identity,
      clusterDomain: this.#clusterDomain,
      kinds,
      nested,
      host: this.#host,
      shared,
      clock,
      random,
      logger,
      metrics,
      onStateChange: () => this.#tell(),
    });
    const view = createView({ session, nested, host: this.#host, hostClient });
    this.#live = { session, nested, view };
    session.start();
    nested.start();
    logger.info({}, "Connected to nested API");
    const side = [this.#prepareInside(view, facts, signal), this.#pumpEvents(client, session, signal)];
    await aborted(signal);
    this.#live = undefined;
    await session.stop();
    await Promise.all([nested.stop(), ...side]);
  }

  /** Never rejects: an inside that cannot be prepared is told by the condition, and the sync goes on. */
  async #prepareInside(
    view: ClusterView,
    facts: { apiServiceIP: string; clusterCA: string },
    signal: AbortSignal,
  ): Promise<void> {
    this.#bootstrapped = false;
    const bootstrap = this.#services.bootstrap(view, {
      ...facts,
      clusterDomain: this.#clusterDomain,
      openshift: this.#openshift,
      controlPlanePodIPs: () => this.#host.controlPlaneIPs(),
    });
    let addresses = this.#host.controlPlaneIPs().join();
    const stopWatching = this.#host.side("pods").cache.onChange(() => {
      const now = this.#host.controlPlaneIPs().join();
      if (now !== addresses) bootstrap.refresh();
      addresses = now;
    });
    try {
      await bootstrap.run(signal);
      this.#bootstrapped = true;
      this.#tell();
      await bootstrap.keep(signal);
    } catch (error) {
      if (!signal.aborted) this.#logger.error({ error: String(error) }, "Could not prepare the nested cluster");
    } finally {
      stopWatching();
    }
  }

  async #pumpEvents(nested: Client, session: Session, signal: AbortSignal): Promise<void> {
    const { hostClient, translateEvent, clock, random } = this.#services;
    const pump = new EventPump({
      host: hostClient,
      nested,
      hostNamespace: this.identity.hostNamespace,
      translate: translateEvent,
      context: session.context,
      busy: () => session.queue.depth + session.queue.running > 0,
      clock,
      random,
      logger: this.#logger,
    });
    await pump.run(signal);
  }

  async #kubeconfig(signal: AbortSignal): Promise<string> {
    return await this.#fromHost("secrets", () => this.#host.kubeconfig(), signal);
  }

  async #apiServiceIP(signal: AbortSignal): Promise<string> {
    return await this.#fromHost("services", () => this.#host.apiServiceIP(), signal);
  }

  /** Waits until a host cache can tell. */
  async #fromHost<T>(kind: string, tell: () => T | undefined, signal: AbortSignal): Promise<T> {
    const now = tell();
    if (now !== undefined) return now;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    const stopWatching = this.#host.side(kind).cache.onChange(() => {
      const value = tell();
      if (value !== undefined) resolve(value);
    });
    try {
      return await promise;
    } finally {
      stopWatching();
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #untilAnswers(client: Client, signal: AbortSignal): Promise<void> {
    const { clock } = this.#services;
    while (!signal.aborted) {
      const attempt = new AbortController();
      const limited = AbortSignal.any([signal, attempt.signal]);
      const timer = clock.sleep(probeTimeoutMs, limited).then(
        () => attempt.abort(),
        () => {},
      );
      try {
        const { status, body } = await client.raw({
          method: "GET",
          path: "/api/v1/namespaces/default",
          signal: limited,
        });
        for await (const _chunk of body);
        if (status === 200 || status === 404) return;
      } catch {
        // Not yet: the control plane is starting, and this is how that looks.
      } finally {
        attempt.abort();
        await timer;
      }
      await clock.sleep(probeEveryMs, signal);
    }
    signal.throwIfAborted();
  }

  /** Says how far the sync is; being out of sight for a moment is not told. */
  #tell(): void {
    if (this.#stopping.signal.aborted) return;
    const session = this.#live?.session;
    const synced = session !== undefined && !session.frozen && session.firstPassDone && this.#bootstrapped;
    if (synced) {
      this.#outOfSightSince = undefined;
      this.#wasSynced = true;
      this.#condition.set({ status: "True", reason: "InSync", particulars: "" });
    } else if (!this.#wasSynced) {
      this.#condition.set({ status: "False", reason: session ? "SyncStarting" : "Waiting", particulars: "" });
    } else if (this.#outOfSightSince === undefined) {
      this.#outOfSightSince = this.#services.clock.now();
      void this.#tellDesynced(this.#outOfSightSince);
    }
  }

  async #tellDesynced(since: number): Promise<void> {
    await this.#services.clock.sleep(quietMs, this.#stopping.signal).catch(() => {});
    if (this.#outOfSightSince !== since || this.#stopping.signal.aborted) return;
    this.#condition.set(this.#desynced(since));
  }

  #desynced(since: number): SyncedState {
    const live = this.#live;
    const at = `since ${new Date(since).toISOString().slice(0, 19)}Z`;
    const state = { status: "False", reason: "Desynced" } as const;
    if (!live?.nested.synced) return { ...state, particulars: `The nested API server is out of sight ${at}` };
    if (live.session.resting) return { ...state, particulars: `Too many requests failed; it rests ${at}` };
    if (live.session.frozen) return { ...state, particulars: `The host's API server is out of sight ${at}` };
    return { ...state, particulars: `Everything is looked at again ${at}` };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
