import {
  type Clock,
  createWorkQueue,
  isKubeError,
  type KubeObject,
  type Logger,
  type Outcome,
  type Priority,
  type WorkQueue,
} from "@inkube/kube";
import type { ClusterIdentity } from "../cluster-view.ts";
import type { FromHostKind, KindContext, SyncKind, ToHostKind } from "../kinds/kind.ts";
import { type ClusterState, FrozenError } from "./cluster-state.ts";
import { ErrorBudget } from "./error-budget.ts";
import { reconcileFromHost } from "./from-host.ts";
import type { HostHalf } from "./host-half.ts";
import { HostRefusal } from "./host-refusal.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { createKindContext } from "./kind-context.ts";
import type { Metrics } from "./metrics.ts";
import type { NestedHalf } from "./nested-half.ts";
import { formatKey, type ObjectKey, parseKey } from "./object-key.ts";
import { ensureReferences } from "./references.ts";
import type { SharedHost } from "./shared-host.ts";
import { TenantEvents, type TenantReason } from "./tenant-events.ts";
import { tenantWording } from "./tenant-wording.ts";
import { readPair, reconcileToHost } from "./to-host.ts";
import { TokenSecrets } from "./token-secrets.ts";
import { wireChanges } from "./wiring.ts";

export interface SessionOptions {
  identity: ClusterIdentity;
  clusterDomain: string;
  kinds: readonly SyncKind[];
  nested: NestedHalf;
  host: HostHalf;
  shared: SharedHost;
  clock: Clock;
  random: () => number;
  logger: Logger;
  metrics: Metrics;
  /** Keys of one cluster that are worked on at the same time. Default 32. */
  concurrency?: number;
  /** Called when whether this session is frozen, or its first pass is done, may have changed. */
  onStateChange: () => void;
}

const defaultConcurrency = 32;
const backoff = { baseMs: 10, maxMs: 30_000 };
/** Pauses after a refusal, which events and changes cut short. Milliseconds. */
const quotaMs = 10_000;
const refusedMs = 60_000;
const terminatingMs = 5_000;
/** Timers of the platform end at 24 days; a pod with tokens is looked at no later than this. */
const longestMs = 12 * 3_600_000;

/**
 * The sync of one nested cluster over one connection to it: from both sides' changes through one queue to the writes.
 * Keeps every key that cannot be worked on now and takes them up again when both sides are seen completely.
 */
export class Session {
  readonly context: KindContext;
  readonly state: ClusterState;
  readonly #options: SessionOptions;
  readonly #queue: WorkQueue;
  readonly #budget: ErrorBudget;
  readonly #lock = new KeyedLock();
  readonly #tokens: TokenSecrets;
  readonly #fromHost: ReadonlyMap<string, FromHostKind>;
  /** Keys that wait for both sides to be seen. */
  readonly #parked = new Set<string>();
  /** Keys that the host refused for lack of room. */
  readonly #refused = new Set<string>();
  /** When each waiting key was added, for the latency. */
  readonly #since = new Map<string, number>();
  /** Keys that were there when the session began and were not tried yet. */
  readonly #firstPass = new Set<string>();
  readonly #stopping = new AbortController();
  #firstPassDone = false;
  #resting = false;
  #wasFrozen = true;
  #unwire: () => void = () => {};

  constructor(options: SessionOptions) {
    this.#options = options;
    const { identity, clock, logger } = options;
    this.#budget = new ErrorBudget(clock);
    this.#tokens = new TokenSecrets(options.nested.client);
    const toHost = options.kinds.filter((kind) => kind.direction === "toHost");
    this.#fromHost = new Map(
      options.kinds.filter((kind) => kind.direction === "fromHost").map((kind) => [kind.kind, kind]),
    );
    this.context = createKindContext({
      identity,
      clusterDomain: options.clusterDomain,
      nested: (kind) => options.nested.cache(kind),
      host: (kind) => options.host.sides.get(kind)?.cache ?? options.shared.sides.get(kind)?.cache,
      usingKinds: toHost.map(({ kind }) => kind),
    });
    const events = new TenantEvents({ client: options.nested.client, clock, random: options.random, logger });
    this.state = {
      identity,
      context: this.context,
      clock,
      logger,
      kinds: new Map(toHost.map((kind) => [kind.kind, kind])),
      nested: (kind) => options.nested.side(kind),
      host: (kind) => options.host.side(kind),
      frozen: () => this.frozen,
      seenOnHost: new Set(),
      unwantedSince: new Map(),
      acceptedDrift: new Map(),
      onGone: (kind, object, signal) => this.#onGone(kind, object, signal),
      report: (kind, object, reason, message) => this.#report(events, kind, object, reason, message),
    };
    this.#queue = createWorkQueue({
      handle: (key, signal) => this.#handle(key, signal),
      concurrency: options.concurrency ?? defaultConcurrency,
      backoff,
      clock,
      onError: (key, error, failures) => this.#log(key, error, failures),
    });
  }

  /** True while something of either side is not known to be complete, or the cluster rests after too many failures. */
  get frozen(): boolean {
    const { nested, host, shared } = this.#options;
    return !nested.synced || !host.synced || !shared.caches.every(({ synced }) => synced) || this.#budget.restMs > 0;
  }

  /** True once everything that was there at the start was tried. */
  get firstPassDone(): boolean {
    return this.#firstPassDone;
  }

  get resting(): boolean {
    return this.#budget.restMs > 0;
  }

  get queue(): WorkQueue["metrics"] & { parked: number } {
    return { ...this.#queue.metrics, parked: this.#parked.size };
  }

  /** Starts to follow both sides. The caches must be started by the caller. */
  start(): void {
    const { nested, host, shared, kinds } = this.#options;
    const caches = [...nested.caches, ...host.caches, ...shared.caches];
    const unsubscribe = caches.map((cache) => cache.onSyncedChange(() => this.#onSyncedChange()));
    const unwire = wireChanges({
      state: this.state,
      kinds,
      nested,
      host,
      shared,
      add: (key, priority) => this.add(key, priority),
      onRoom: () => this.#roomMayBeFree(),
    });
    this.#unwire = () => {
      for (const each of unsubscribe) each();
      unwire();
    };
    this.#queue.start();
    this.#onSyncedChange();
  }

  /** Ends after the running writes. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#unwire();
    await this.#queue.stop();
  }

  add(key: string, priority: Priority = "normal"): void {
    if (!this.#since.has(key)) this.#since.set(key, this.#options.clock.now());
    if (!this.#firstPassDone) this.#firstPass.add(key);
    this.#queue.add(key, priority);
  }

  /** Runs `work` while nothing else works on this key. */
  exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.#lock.run(key, work);
  }

  /** Looks again at everything that the host refused for lack of room. */
  #roomMayBeFree(): void {
    for (const key of this.#refused) this.add(key, "low");
    this.#refused.clear();
  }

  async #handle(key: string, signal: AbortSignal): Promise<Outcome> {
    if (this.frozen) return this.#park(key);
    try {
      const outcome = await this.#sync(parseKey(key), signal);
      this.#budget.succeeded();
      this.#refused.delete(key);
      this.#done(key);
      return outcome;
    } catch (error) {
      if (error instanceof FrozenError) return this.#park(key);
      this.#done(key);
      return this.#afterFailure(key, error);
    }
  }

  async #sync(key: ObjectKey, signal: AbortSignal): Promise<Outcome> {
    const toHost = this.state.kinds.get(key.kind);
    if (toHost) return await this.#syncToHost(toHost, key, signal);
    const fromHost = this.#fromHost.get(key.kind);
    if (!fromHost) return undefined;
    const { nested, shared } = this.#options;
    const sides = { nested: nested.side(key.kind), host: shared.side(key.kind) };
    return await reconcileFromHost(this.state, fromHost, sides, key.name, signal);
  }

  async #syncToHost(kind: ToHostKind, key: ObjectKey, signal: AbortSignal): Promise<Outcome> {
    // Before the lock: a reference is synced under its own lock, and nobody waits for one while holding another.
    const [tokens] = await this.#prepare(kind, key, signal);
    const id = formatKey(key.kind, key.namespace, key.name);
    const synced = this.#lock.run(id, () => reconcileToHost(this.state, kind, key, signal));
    const [renewal, result] = await Promise.allSettled([tokens, synced]);
    if (renewal.status === "rejected") throw renewal.reason;
    if (result.status === "rejected") throw result.reason;
    if (renewal.value === undefined) return result.value;
    return { after: Math.min(renewal.value, result.value?.after ?? longestMs) };
  }

  /**
   * What must be on the host before the object; its tokens may still be on their way, right before it. Returns the writing of
   * the tokens, and in it the milliseconds until they must be renewed.
   */
  async #prepare(kind: ToHostKind, key: ObjectKey, signal: AbortSignal): Promise<Promise<number | undefined>[]> {
    const { nested, host } = readPair(this.state, kind, key);
    if (!nested) {
      if (kind.kind === "pods" && !host) await this.#tokens.collect(this.state, key, undefined, signal);
      return [];
    }
    if (nested.metadata.deletionTimestamp || !kind.decide(nested, this.context).sync) return [];
    const sync = (reference: string) => this.#syncReference(reference, signal);
    const [tokens] = await Promise.all([
      this.#tokens.begin(this.state, nested, kind.tokens(nested), signal),
      host ? undefined : ensureReferences(this.state, kind, nested, sync),
    ]);
    return [tokens.written];
  }

  async #syncReference(reference: string, signal: AbortSignal): Promise<void> {
    const key = parseKey(reference);
    const kind = this.state.kinds.get(key.kind);
    if (!kind) return;
    const outcome = await this.#lock.run(reference, () => reconcileToHost(this.state, kind, key, signal));
    if (outcome?.after !== undefined) this.#queue.addAfter(reference, outcome.after);
  }

  /** Clears up behind an object whose copy the host confirmed to be gone. */
  async #onGone(kind: ToHostKind, object: KubeObject, signal: AbortSignal): Promise<void> {
    if (kind.kind !== "pods") return;
    const { name, namespace = "", uid } = object.metadata;
    await this.#tokens.collect(this.state, { name, namespace }, uid, signal);
  }

  #park(key: string): Outcome {
    // What froze it may be over by now, and nobody would wake it later.
    if (!this.frozen) return { after: 0 };
    this.#parked.add(key);
    if (this.#budget.restMs > 0) void this.#wakeAfterRest();
    return undefined;
  }

  #done(key: string): void {
    const since = this.#since.get(key);
    if (since !== undefined) {
      this.#since.delete(key);
      const seconds = (this.#options.clock.now() - since) / 1_000;
      const labels = { kind: key.slice(0, key.indexOf("/")) };
      this.#options.metrics.observe("inkube_sync_seconds", "From a change seen to its result applied", labels, seconds);
    }
    if (!this.#firstPassDone && this.#firstPass.delete(key)) this.#checkFirstPass();
  }

  #afterFailure(key: string, error: unknown): Outcome {
    if (error instanceof HostRefusal) return this.#afterRefusal(key, error);
    if (isKubeError(error, "throttled")) return { after: error.retryAfterMs ?? 1_000 };
    if (isKubeError(error, "unreachable", "timeout", "unauthorized", "server")) {
      this.#budget.failed();
      if (this.resting) void this.#wakeAfterRest();
    }
    throw error;
  }

  #afterRefusal(key: string, error: HostRefusal): Outcome {
    if (error.isTermination) return { after: terminatingMs };
    const { kind: plural, name, namespace } = parseKey(key);
    const kind = this.state.kinds.get(plural);
    const nested = kind && this.state.nested(plural).get(name, namespace);
    this.#options.metrics.count("inkube_host_refusals_total", "Writes that the host refused", { kind: plural });
    if (kind && nested) {
      const hostName = this.context.hostName(name, namespace);
      this.state.report(
        kind,
        nested,
        "SyncFailed",
        tenantWording(error.message, this.context, { hostName, name, namespace }),
      );
    }
    if (!error.isQuota) return { after: refusedMs };
    this.#refused.add(key);
    return { after: quotaMs };
  }

  #report(events: TenantEvents, kind: ToHostKind, object: KubeObject, reason: TenantReason, message: string): void {
    const { group, version, kind: name } = kind.type;
    void events.report({ kind: name, apiVersion: group ? `${group}/${version}` : version }, object, reason, message);
  }

  #onSyncedChange(): void {
    const frozen = this.frozen;
    if (frozen !== this.#wasFrozen) {
      this.#wasFrozen = frozen;
      if (frozen) this.#options.metrics.count("inkube_freezes_total", "Times that a nested cluster was frozen");
      else this.#thaw();
    }
    this.#checkFirstPass();
    this.#options.onStateChange();
  }

  #thaw(): void {
    const parked = [...this.#parked];
    this.#parked.clear();
    for (const key of parked) this.#queue.add(key, key.startsWith("pods/") ? "high" : "normal");
  }

  #checkFirstPass(): void {
    if (this.#firstPassDone || this.frozen || this.#firstPass.size > 0) return;
    this.#firstPassDone = true;
    this.#options.onStateChange();
  }

  async #wakeAfterRest(): Promise<void> {
    if (this.#resting) return;
    this.#resting = true;
    this.#onSyncedChange();
    const { signal } = this.#stopping;
    while (this.#budget.restMs > 0 && !signal.aborted) {
      await this.#options.clock.sleep(this.#budget.restMs, signal).catch(() => {});
    }
    this.#resting = false;
    this.#onSyncedChange();
  }

  #log(key: string, error: unknown, failures: number): void {
    const code = isKubeError(error) ? error.code : "internal";
    const told = error instanceof Error ? error.message : String(error);
    this.#options.metrics.count("inkube_sync_errors_total", "Attempts that failed", { code });
    const fields = { key, code, failures, error: told };
    if (code === "internal") this.#options.logger.error(fields, "Could not sync object");
    else if (failures >= 3) this.#options.logger.warn(fields, "Could not sync object");
    else this.#options.logger.debug(fields, "Could not sync object");
  }
}
