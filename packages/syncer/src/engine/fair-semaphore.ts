/**
 * A limited number of slots shared by several parties. A slot that becomes free goes to the waiting parties in turn,
 * so a party with a thousand requests delays another one's single request by one slot, not by a thousand.
 */
export class FairSemaphore {
  #free: number;
  /** Waiting requests by party; the order of the map is the order of turns. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(slots: number) {
    this.#free = slots;
  }

  /** Runs `work` while holding a slot of `party`; gives the slot back whatever happens. */
  async run<T>(party: string, work: () => Promise<T>): Promise<T> {
    await this.#acquire(party);
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  /** Requests that wait for a slot. */
  get waiting(): number {
    let count = 0;
    for (const queue of this.#waiting.values()) count += queue.length;
    return count;
  }

  async #acquire(party: string): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => {
      const queue = this.#waiting.get(party);
      if (queue) queue.push(resolve);
      else this.#waiting.set(party, [resolve]);
    });
  }

  #release(): void {
    const next = this.#waiting.entries().next();
    if (next.done) {
      this.#free += 1;
      return;
    }
    const [party, queue] = next.value;
    const wake = queue.shift();
    this.#waiting.delete(party);
    if (queue.length > 0) this.#waiting.set(party, queue);
    wake?.();
  }
}
