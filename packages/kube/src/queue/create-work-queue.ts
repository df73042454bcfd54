import { Delays } from "./delays.ts";
import type { Outcome, Priority, WorkQueue, WorkQueueOptions } from "./work-queue.ts";

const defaultBackoff = { baseMs: 5, maxMs: 1_000_000 };
const rank: Record<Priority, number> = { high: 0, normal: 1, low: 2 };

/** A queue that obeys the contract of {@link WorkQueue}. Default concurrency 1. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new KeyQueue(options);
}

class KeyQueue implements WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #backoff: { baseMs: number; maxMs: number };
  readonly #concurrency: number;
  /** Waiting keys, one insertion-ordered set a priority. */
  readonly #waiting: [Set<string>, Set<string>, Set<string>] = [new Set(), new Set(), new Set()];
  /** Running keys; the value is the priority of the further run that was asked for meanwhile. */
  readonly #running = new Map<string, Priority | undefined>();
  readonly #failures = new Map<string, number>();
  /** Ends of backoffs: an `add` makes them void, as the key is handled anyway. */
  readonly #retries: Delays;
  /** Times that somebody asked for: they are kept whatever else happens to the key. */
  readonly #timers: Delays;
  readonly #stopping = new AbortController();
  #idlers: (() => void)[] = [];
  #started = false;
  #added = 0;
  #retried = 0;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? defaultBackoff;
    this.#concurrency = options.concurrency ?? 1;
    this.#retries = new Delays(options.clock, (key) => this.#enqueue(key, "normal"));
    this.#timers = new Delays(options.clock, (key) => this.#enqueue(key, "normal"));
  }

  get metrics() {
    let both = 0;
    for (const key of this.#retries.keys()) if (this.#timers.has(key)) both += 1;
    return {
      depth: this.#depth(),
      running: this.#running.size,
      delayed: this.#retries.size + this.#timers.size - both,
      added: this.#added,
      retries: this.#retried,
    };
  }

  start(): void {
    this.#started = true;
    this.#pump();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const set of this.#waiting) set.clear();
    this.#retries.clear();
    this.#timers.clear();
    for (const key of this.#running.keys()) this.#running.set(key, undefined);
    this.#tellIdlers();
    await this.idle();
  }

  add(key: string, priority: Priority = "normal"): void {
    if (this.#stopping.signal.aborted) return;
    this.#added += 1;
    this.#enqueue(key, priority);
  }

  addAfter(key: string, ms: number): void {
    if (this.#stopping.signal.aborted) return;
    if (ms <= 0) this.add(key);
    else this.#timers.set(key, this.#options.clock.now() + ms);
  }

  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idlers.push(resolve);
    });
  }

  #enqueue(key: string, priority: Priority): void {
    this.#retries.delete(key);
    if (this.#running.has(key)) {
      this.#running.set(key, higher(this.#running.get(key), priority));
      return;
    }
    const wanted = rank[priority];
    const present = this.#waiting.findIndex((set) => set.has(key));
    if (present !== -1 && present <= wanted) return;
    if (present !== -1) this.#waiting[present]?.delete(key);
    this.#waiting[wanted]?.add(key);
    this.#pump();
  }

  #pump(): void {
    while (this.#started && this.#running.size < this.#concurrency && !this.#stopping.signal.aborted) {
      const key = this.#next();
      if (key === undefined) return;
      this.#running.set(key, undefined);
      void this.#run(key);
    }
  }

  #next(): string | undefined {
    for (const set of this.#waiting) {
      for (const key of set) {
        set.delete(key);
        return key;
      }
    }
    return undefined;
  }

  async #run(key: string): Promise<void> {
    try {
      // A turn later: a handler never runs inside the `add` that caused it.
      await undefined;
      const outcome = await this.#options.handle(key, this.#stopping.signal);
      this.#succeeded(key, outcome);
    } catch (error) {
      this.#failed(key, error);
    } finally {
      const again = this.#running.get(key);
      this.#running.delete(key);
      if (again && !this.#stopping.signal.aborted) this.#enqueue(key, again);
      this.#pump();
      this.#tellIdlers();
    }
  }

  #succeeded(key: string, outcome: Outcome): void {
    this.#failures.delete(key);
    if (outcome?.after !== undefined) this.addAfter(key, outcome.after);
  }

  #failed(key: string, error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#options.onError?.(key, error, failures);
    this.#retried += 1;
    // Asked for again meanwhile: it runs at once, and its outcome decides about the backoff.
    if (this.#running.get(key)) return;
    const delay = Math.min(this.#backoff.maxMs, this.#backoff.baseMs * 2 ** (failures - 1));
    this.#retries.set(key, this.#options.clock.now() + delay);
  }

  #depth(): number {
    return this.#waiting.reduce((sum, set) => sum + set.size, 0);
  }

  #isIdle(): boolean {
    return this.#depth() + this.#running.size + this.#retries.size + this.#timers.size === 0;
  }

  #tellIdlers(): void {
    if (!this.#isIdle()) return;
    const idlers = this.#idlers;
    this.#idlers = [];
    for (const resolve of idlers) resolve();
  }
}

function higher(a: Priority | undefined, b: Priority): Priority {
  return a !== undefined && rank[a] <= rank[b] ? a : b;
}
