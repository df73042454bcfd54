import type { Clock } from "../types.ts";

interface Entry {
  key: string;
  due: number;
  /** Rises with every entry: what becomes due together leaves in the order in which it was set. */
  order: number;
}

/**
 * Keys with a time at which each becomes due; one pending sleep serves them all.
 * A key has at most one time: setting an earlier one replaces it, setting a later one is ignored.
 */
export class Delays {
  readonly #clock: Clock;
  readonly #onDue: (key: string) => void;
  readonly #due = new Map<string, number>();
  /** Binary min-heap by `due`. Entries that the map no longer agrees with are stale and skipped when they surface. */
  #heap: Entry[] = [];
  #nextOrder = 0;
  #sleep: { until: number; abort: AbortController } | undefined;

  constructor(clock: Clock, onDue: (key: string) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#due.size;
  }

  keys(): Iterable<string> {
    return this.#due.keys();
  }

  set(key: string, due: number): void {
    const present = this.#due.get(key);
    if (present !== undefined && present <= due) return;
    this.#due.set(key, due);
    push(this.#heap, { key, due, order: this.#nextOrder++ });
    this.#arm();
  }

  delete(key: string): void {
    this.#due.delete(key);
    if (this.#due.size === 0) this.clear();
  }

  has(key: string): boolean {
    return this.#due.has(key);
  }

  clear(): void {
    this.#due.clear();
    this.#heap = [];
    this.#sleep?.abort.abort();
    this.#sleep = undefined;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (!first || (this.#sleep && this.#sleep.until <= first.due)) return;
    this.#sleep?.abort.abort();
    const sleep = { until: first.due, abort: new AbortController() };
    this.#sleep = sleep;
    const wake = () => {
      if (this.#sleep !== sleep) return;
      this.#sleep = undefined;
      this.#fire();
    };
    this.#clock.sleep(Math.max(0, first.due - this.#clock.now()), sleep.abort.signal).then(wake, () => {});
  }

  #fire(): void {
    const now = this.#clock.now();
    for (let first = this.#heap[0]; first && first.due <= now; first = this.#heap[0]) {
      pop(this.#heap);
      if (this.#due.get(first.key) !== first.due) continue;
      this.#due.delete(first.key);
      this.#onDue(first.key);
    }
    this.#arm();
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let index = heap.push(entry) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Entry;
    if (!before(entry, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let index = 0;
  while (true) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
    if (!before(heap[child] as Entry, last)) break;
    heap[index] = heap[child] as Entry;
    index = child;
  }
  heap[index] = last;
}
