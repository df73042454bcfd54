import type { KubeObject } from "../../types.ts";

/** One committed write. `object` of a deletion is the last state with the deletion's own resourceVersion. */
export interface StoreEvent {
  revision: number;
  typeKey: string;
  objectKey: string;
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: KubeObject;
  previous?: KubeObject;
}

/**
 * What etcd is to the real server: objects by type and key, one revision counter for all of them, and a
 * window of history. Objects inside are never changed in place; whoever reads one must not change it either.
 */
export class ObjectStore {
  #types = new Map<string, Map<string, KubeObject>>();
  #history: StoreEvent[] = [];
  #listeners = new Set<(event: StoreEvent) => void>();
  #revision = 1;
  #compacted = 0;
  #historySize: number;

  constructor(historySize: number) {
    this.#historySize = historySize;
  }

  /** The revision of the latest write. */
  get revision(): number {
    return this.#revision;
  }

  /** Events up to this revision are forgotten. */
  get compacted(): number {
    return this.#compacted;
  }

  get(typeKey: string, objectKey: string): KubeObject | undefined {
    return this.#types.get(typeKey)?.get(objectKey);
  }

  /** Every object of a type in key order, as it was at a revision (now, when absent). */
  list(typeKey: string, revision = this.#revision): [string, KubeObject][] {
    const objects = new Map(this.#types.get(typeKey));
    for (let at = this.#history.length - 1; at >= 0; at -= 1) {
      const event = this.#history[at];
      if (event === undefined || event.revision <= revision) break;
      if (event.typeKey !== typeKey) continue;
      if (event.previous === undefined) objects.delete(event.objectKey);
      else objects.set(event.objectKey, event.previous);
    }
    return [...objects].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  }

  /** Keys of the types that have objects. */
  typeKeys(): string[] {
    return [...this.#types.keys()];
  }

  /** Writes an object under the next revision and returns it with that resourceVersion. */
  put(typeKey: string, objectKey: string, object: KubeObject): KubeObject {
    const objects = this.#types.get(typeKey) ?? new Map<string, KubeObject>();
    this.#types.set(typeKey, objects);
    const previous = objects.get(objectKey);
    const stored = this.#stamp(object);
    objects.set(objectKey, stored);
    const event = { revision: this.#revision, typeKey, objectKey, object: stored };
    this.#commit(previous ? { ...event, type: "MODIFIED", previous } : { ...event, type: "ADDED" });
    return stored;
  }

  /** Removes an object; `last` is what watchers see of it. */
  remove(typeKey: string, objectKey: string, last: KubeObject): KubeObject {
    const objects = this.#types.get(typeKey);
    const previous = objects?.get(objectKey);
    if (previous === undefined) return last;
    objects?.delete(objectKey);
    const object = this.#stamp(last);
    this.#commit({ revision: this.#revision, typeKey, objectKey, type: "DELETED", object, previous });
    return object;
  }

  /** Events of a type after a revision, or undefined when the history does not reach back that far. */
  eventsAfter(typeKey: string, revision: number): StoreEvent[] | undefined {
    if (revision < this.#compacted) return undefined;
    return this.#history.filter((event) => event.revision > revision && event.typeKey === typeKey);
  }

  /** Forgets history up to a revision (all of it, when absent). */
  compact(revision = this.#revision): void {
    this.#compacted = Math.max(this.#compacted, Math.min(revision, this.#revision));
    this.#history = this.#history.filter((event) => event.revision > this.#compacted);
  }

  /** Calls `listener` synchronously for every later write; returns how to stop that. */
  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #stamp(object: KubeObject): KubeObject {
    this.#revision += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
  }

  #commit(event: StoreEvent): void {
    this.#history.push(event);
    if (this.#history.length > this.#historySize * 2) {
      const cut = this.#history[this.#history.length - this.#historySize - 1];
      if (cut) this.compact(cut.revision);
    }
    for (const listener of [...this.#listeners]) listener(event);
  }
}
