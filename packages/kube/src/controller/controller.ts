import type { Change, WatchCache } from "../cache/watch-cache.ts";
import { KubeError } from "../client/kube-error.ts";
import { createWorkQueue } from "../queue/create-work-queue.ts";
import type { Outcome, Priority, WorkQueue } from "../queue/work-queue.ts";
import type { Clock, KubeObject, Logger } from "../types.ts";

/** What makes a controller look at a key: changes of one cache. Made by {@link sourceOf}. */
export interface Source {
  readonly cache: WatchCache;
  /** The keys that the change concerns. Pure, must not throw. */
  toKeys(change: Change): Iterable<string>;
  readonly priority?: Priority;
}

/** A source whose `toKeys` sees the cache's own type of object. */
export function sourceOf<T extends KubeObject>(
  cache: WatchCache<T>,
  toKeys: (change: Change<T>) => Iterable<string>,
  priority?: Priority,
): Source {
  // A cache of T hands its handlers nothing but T, so narrowing the parameter is safe for this pair.
  return { cache, toKeys: toKeys as (change: Change) => Iterable<string>, ...(priority && { priority }) };
}

export interface ReconcileContext {
  /** Aborted when the controller stops. */
  signal: AbortSignal;
  /** Carries the controller's name, the key and the number of this run. */
  logger: Logger;
}

export interface ControllerOptions {
  name: string;
  sources: Source[];
  /** Brings one key to where it should be. Idempotent; throwing means again after the backoff. */
  reconcile: (key: string, context: ReconcileContext) => Promise<Outcome>;
  queue?: { concurrency?: number; backoff?: { baseMs: number; maxMs: number } };
  clock: Clock;
  logger: Logger;
}

/** Counters since the start; `after` counts the successes that asked to be run again. */
export interface ControllerMetrics {
  queue: WorkQueue["metrics"];
  done: number;
  after: number;
  failed: number;
  /** Time spent in `reconcile`, all runs together, milliseconds. */
  busyMs: number;
}

/**
 * Runs `reconcile` for every key that a source names.
 * - Nothing runs before each cache has been complete once: a reconcile never sees the half of a first list.
 * - Keys of objects already present come at low priority, those of later changes at the source's own (default normal).
 * - It neither starts nor stops the caches, as controllers share them.
 */
export interface Controller {
  start(): void;
  /** Waits for running reconciles to end; their signal is aborted. */
  stop(): Promise<void>;
  add(key: string, priority?: Priority): void;
  addAfter(key: string, ms: number): void;
  /** Resolves when nothing waits, is delayed, or runs. */
  idle(): Promise<void>;
  readonly metrics: ControllerMetrics;
}

/** See {@link Controller}. Default concurrency 1. */
export function createController(options: ControllerOptions): Controller {
  return new QueueController(options);
}

class QueueController implements Controller {
  readonly #options: ControllerOptions;
  readonly #logger: Logger;
  readonly #queue: WorkQueue;
  readonly #stopping = new AbortController();
  readonly #counts = { done: 0, after: 0, failed: 0, busyMs: 0 };
  #unsubscribes: (() => void)[] = [];
  #runs = 0;
  #started = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#logger = options.logger.child({ controller: options.name });
    this.#queue = createWorkQueue({
      ...options.queue,
      clock: options.clock,
      handle: (key, signal) => this.#reconcile(key, signal),
      onError: (key, error, failures) => this.#report(key, error, failures),
    });
  }

  get metrics(): ControllerMetrics {
    return { queue: this.#queue.metrics, ...this.#counts };
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const source of this.#options.sources) this.#subscribe(source);
    void this.#startWhenSynced();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
    await this.#queue.stop();
  }

  add(key: string, priority?: Priority): void {
    this.#queue.add(key, priority);
  }

  addAfter(key: string, ms: number): void {
    this.#queue.addAfter(key, ms);
  }

  idle(): Promise<void> {
    return this.#queue.idle();
  }

  #subscribe(source: Source): void {
    let everSynced = source.cache.synced;
    let replaying = true;
    const offSynced = source.cache.onSyncedChange((synced) => {
      everSynced ||= synced;
    });
    const offChange = source.cache.onChange((change) => {
      const priority = replaying || !everSynced ? "low" : source.priority;
      for (const key of source.toKeys(change)) this.#queue.add(key, priority);
    });
    replaying = false;
    this.#unsubscribes.push(offSynced, offChange);
  }

  async #startWhenSynced(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      for (const { cache } of this.#options.sources) await cache.whenSynced(signal);
    } catch (error) {
      // Only stopping, of the controller or of a cache, ends the wait early.
      if (!signal.aborted)
        this.#logger.error({ error: messageOf(error) }, "A cache stopped before the controller began");
      return;
    }
    this.#queue.start();
  }

  async #reconcile(key: string, signal: AbortSignal): Promise<Outcome> {
    const { clock, reconcile } = this.#options;
    const startedAt = clock.now();
    this.#runs += 1;
    try {
      const outcome = await reconcile(key, { signal, logger: this.#logger.child({ key, run: this.#runs }) });
      if (outcome?.after === undefined) this.#counts.done += 1;
      else this.#counts.after += 1;
      return outcome;
    } finally {
      this.#counts.busyMs += clock.now() - startedAt;
    }
  }

  #report(key: string, error: unknown, failures: number): void {
    this.#counts.failed += 1;
    const fields = { key, failures, error: messageOf(error), ...(error instanceof KubeError && { code: error.code }) };
    // Losing a race against another writer is ordinary: the next run sees the newer object.
    const ordinary = error instanceof KubeError && error.code === "conflict" && failures <= 3;
    if (ordinary) this.#logger.debug(fields, "Reconcile met a conflict, trying again");
    else this.#logger.warn(fields, "Could not reconcile, trying again");
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
