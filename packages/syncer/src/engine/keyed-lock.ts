/**
 * One holder per key at a time, first come first served. Keys that nobody holds cost nothing.
 */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` when no other work of this key runs; its result or error is handed through. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const { promise: done, resolve } = Promise.withResolvers<void>();
    this.#tails.set(key, done);
    try {
      if (before !== undefined) await before;
      return await work();
    } finally {
      if (this.#tails.get(key) === done) this.#tails.delete(key);
      resolve();
    }
  }

  /** Number of keys that are held now. */
  get size(): number {
    return this.#tails.size;
  }
}
