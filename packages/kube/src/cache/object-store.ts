import type { KubeObject } from "../types.ts";

/** Objects by namespace and name, with secondary indexes that follow every change. */
export class ObjectStore<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: Map<string, { keysOf: (object: T) => string[]; entries: Map<string, Set<T>> }>;

  constructor(indexes: Record<string, (object: T) => string[]> = {}) {
    this.#indexes = new Map(
      Object.entries(indexes).map(([name, keysOf]) => [name, { keysOf, entries: new Map<string, Set<T>>() }]),
    );
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  set(key: string, object: T): void {
    const previous = this.#objects.get(key);
    if (previous) this.#unindex(previous);
    this.#objects.set(key, object);
    for (const { keysOf, entries } of this.#indexes.values()) {
      for (const indexKey of keysOf(object)) {
        const members = entries.get(indexKey);
        if (members) members.add(object);
        else entries.set(indexKey, new Set([object]));
      }
    }
  }

  delete(key: string): void {
    const previous = this.#objects.get(key);
    if (!previous) return;
    this.#unindex(previous);
    this.#objects.delete(key);
  }

  byIndex(name: string, indexKey: string): T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new Error(`No index is named ${name}`);
    return [...(index.entries.get(indexKey) ?? [])];
  }

  #unindex(object: T): void {
    for (const { keysOf, entries } of this.#indexes.values()) {
      for (const indexKey of keysOf(object)) {
        const members = entries.get(indexKey);
        members?.delete(object);
        if (members?.size === 0) entries.delete(indexKey);
      }
    }
  }
}

/** The store's key of an object; namespaces hold no slash, so it is unambiguous. */
export function storeKey(name: string, namespace?: string): string {
  return namespace ? `${namespace}/${name}` : name;
}
