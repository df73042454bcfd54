import type { Change, Clock, KubeObject } from "@inkube/kube";

interface Entry {
  object: KubeObject;
  at: number;
}

/** How long a written object is believed over a cache that does not show it yet. Milliseconds. */
export const trustMs = 15_000;

/**
 * What this process wrote and its cache has not seen yet, for one kind on one side.
 * - `newest` answers the newer of what was written and what the cache holds, so that a stale event causes no second write.
 * - An entry goes when the cache catches up, when the object is deleted, or after 15 seconds: then the cache is right.
 * Nothing is ever deleted because of an entry here; whoever deletes asks the API server.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #written = new Map<string, Entry>();
  readonly #deleting = new Map<string, Entry & { final: boolean }>();
  readonly #bound = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Records the server's answer to a write of ours, unless something newer is known. */
  wrote(object: KubeObject): void {
    const id = idOf(object);
    const known = this.#written.get(id);
    if (known && !isNewer(object, known.object)) return;
    this.#written.set(id, { object, at: this.#clock.now() });
  }

  /**
   * Records that a deletion of this incarnation was accepted (or is about to be sent). One that is `final` leaves no grace: its
   * effect is that the object is gone, not that it is marked.
   */
  deleting(object: KubeObject, final = false): void {
    this.#deleting.set(idOf(object), { object, at: this.#clock.now(), final });
  }

  /** Records that a pod was bound to a node; the answer to a binding does not carry the pod. */
  bound(object: KubeObject, node: string): void {
    if (object.metadata.uid) this.#bound.set(object.metadata.uid, node);
  }

  /** Forgets a deletion that failed. */
  deleteFailed(object: KubeObject): void {
    this.#deleting.delete(idOf(object));
  }

  /** True when a deletion of this incarnation was sent and its effect is not in the cache yet. */
  isDeleting(object: KubeObject): boolean {
    const id = idOf(object);
    const entry = this.#deleting.get(id);
    if (!entry || entry.object.metadata.uid !== object.metadata.uid) return false;
    if (!this.#isFresh(entry)) {
      this.#deleting.delete(id);
      return false;
    }
    return true;
  }

  /** The newest state known of an object whose cached state is `cached`. */
  newest(cached: KubeObject | undefined, name: string, namespace: string | undefined): KubeObject | undefined {
    const id = `${namespace ?? ""}/${name}`;
    const entry = this.#written.get(id);
    if (!entry) return this.#withNode(cached);
    if (this.#isFresh(entry) && (!cached || isNewer(entry.object, cached))) return this.#withNode(entry.object);
    this.#written.delete(id);
    return this.#withNode(cached);
  }

  /** To be called with every change of the cache. */
  observe(change: Change): void {
    if (change.type === "deleted") this.#observeDeleted(change.previous);
    else this.#observeState(change.object);
  }

  /** Number of objects whose writes the cache has not shown yet. */
  get size(): number {
    return this.#written.size;
  }

  #observeState(object: KubeObject): void {
    const id = idOf(object);
    const entry = this.#written.get(id);
    if (entry && !isNewer(entry.object, object)) this.#written.delete(id);
    if (object.metadata.uid && nodeOf(object)) this.#bound.delete(object.metadata.uid);
    if (object.metadata.deletionTimestamp && !this.#deleting.get(id)?.final) this.#deleting.delete(id);
  }

  #observeDeleted(previous: KubeObject): void {
    const id = idOf(previous);
    const uid = previous.metadata.uid;
    if (this.#written.get(id)?.object.metadata.uid === uid) this.#written.delete(id);
    if (this.#deleting.get(id)?.object.metadata.uid === uid) this.#deleting.delete(id);
    if (uid) this.#bound.delete(uid);
  }

  #isFresh(entry: Entry): boolean {
    return this.#clock.now() - entry.at < trustMs;
  }

  #withNode(object: KubeObject | undefined): KubeObject | undefined {
    const node = object?.metadata.uid ? this.#bound.get(object.metadata.uid) : undefined;
    if (!object || node === undefined || nodeOf(object)) return object;
    return { ...object, spec: { ...(object.spec as object), nodeName: node } };
  }
}

/**
 * Whether `left` is a later version than `right`. Versions of one resource type are decimal numbers that only grow;
 * compared as numbers, since as text "10000" comes before "9999".
 */
export function isNewer(left: KubeObject, right: KubeObject): boolean {
  const leftVersion = left.metadata.resourceVersion ?? "";
  const rightVersion = right.metadata.resourceVersion ?? "";
  if (leftVersion.length !== rightVersion.length) return leftVersion.length > rightVersion.length;
  return leftVersion > rightVersion;
}

function idOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}

function nodeOf(object: KubeObject): string | undefined {
  return (object.spec as { nodeName?: string } | undefined)?.nodeName;
}
