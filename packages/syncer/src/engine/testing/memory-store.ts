import { isDeepStrictEqual } from "node:util";
import { KubeError, type KubeObject, type ResourceType, type WatchEvent } from "@inkube/kube";

/** Something that happened to a stored object, as a watcher of its type hears of it. */
export interface StoreEvent extends WatchEvent {
  plural: string;
  revision: number;
  /** When it happened, milliseconds. */
  at: number;
}

/** How many past states a list can be answered from. */
const rememberedStates = 12;

/**
 * The objects of an API server in memory, with what the sync depends on: revisions that only grow, uids, graceful deletion of
 * pods, finalizers, and a history that can be forgotten.
 */
export class MemoryStore {
  #objects: ReadonlyMap<string, KubeObject> = new Map();
  /** Past states by revision, oldest first. */
  #states: { revision: number; objects: ReadonlyMap<string, KubeObject> }[] = [];
  readonly #applied = new Map<string, KubeObject>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  readonly #now: () => number;
  readonly #prefix: string;
  #history: StoreEvent[] = [];
  #forgotten = 0;
  #uids = 0;
  revision = 100;

  constructor(prefix: string, now: () => number) {
    this.#prefix = prefix;
    this.#now = now;
  }

  get(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined {
    return structuredClone(this.#objects.get(keyOf(type, namespace, name)));
  }

  list(type: ResourceType, namespace?: string): KubeObject[] {
    return this.listBefore(type, namespace, 0).items;
  }

  /** The list as it was some writes ago, as a server answers whose own cache lags. */
  listBefore(type: ResourceType, namespace: string | undefined, writes: number) {
    const past = writes === 0 ? undefined : this.#states.at(-writes);
    const { revision, objects } = past ?? { revision: this.revision, objects: this.#objects };
    const prefix = `${type.plural}/`;
    const found = [...objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object);
    const items = structuredClone(found.filter(({ metadata }) => !namespace || metadata.namespace === namespace));
    return { items, revision };
  }

  create(type: ResourceType, object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    const key = keyOf(type, namespace, name);
    if (this.#objects.has(key)) throw new KubeError({ code: "alreadyExists", message: `${key} exists`, status: 409 });
    this.#uids += 1;
    const uid = `${this.#prefix}-${this.#uids}`;
    const creationTimestamp = new Date(this.#now()).toISOString();
    return this.#put(type, key, "ADDED", { ...object, metadata: { ...object.metadata, uid, creationTimestamp } });
  }

  /** Replaces an object by what `change` makes of it; a change that changes nothing is no write. */
  update(
    type: ResourceType,
    ref: { namespace?: string; name: string },
    change: (live: KubeObject) => KubeObject,
  ): KubeObject {
    const key = keyOf(type, ref.namespace, ref.name);
    const live = this.#objects.get(key);
    if (!live) throw new KubeError({ code: "notFound", message: `${key} not found`, status: 404 });
    const next = change(structuredClone(live));
    if (next.metadata.uid !== live.metadata.uid)
      throw new KubeError({ code: "conflict", message: "another uid", status: 409 });
    if (isDeepStrictEqual(next, live)) return structuredClone(live);
    if (next.metadata.deletionTimestamp && (next.metadata.finalizers ?? []).length === 0 && !isGraceful(type, next)) {
      return this.#remove(type, key);
    }
    return this.#put(type, key, "MODIFIED", next);
  }

  apply(type: ResourceType, wanted: KubeObject): KubeObject {
    const { namespace, name, uid } = wanted.metadata;
    const key = keyOf(type, namespace, name);
    const live = this.#objects.get(key);
    if (uid !== undefined && live?.metadata.uid !== uid) {
      throw new KubeError({ code: "conflict", message: "another uid", status: 409 });
    }
    const before = this.#applied.get(key);
    this.#applied.set(key, structuredClone(wanted));
    if (!live) return this.create(type, structuredClone(wanted));
    return this.update(type, { name, ...(namespace && { namespace }) }, (object) => {
      const kept = before ? (without(object, before, wanted) as KubeObject) : object;
      return merged(kept, wanted) as KubeObject;
    });
  }

  /** As an API server does: pods on a node end gracefully, finalizers hold an object, everything else goes at once. */
  delete(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    options: { uid?: string; grace?: number },
  ): boolean {
    const key = keyOf(type, namespace, name);
    const live = this.#objects.get(key);
    if (!live || (options.uid !== undefined && live.metadata.uid !== options.uid)) return false;
    const grace = isOnNode(live) && type.plural === "pods" ? (options.grace ?? 30) : 0;
    const left = Math.min(grace, live.metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY);
    if (left === 0 && (live.metadata.finalizers ?? []).length === 0) {
      this.#remove(type, key);
      return true;
    }
    const deletionTimestamp = live.metadata.deletionTimestamp ?? new Date(this.#now()).toISOString();
    const metadata = { ...live.metadata, deletionTimestamp, deletionGracePeriodSeconds: left };
    if (!isDeepStrictEqual(metadata, live.metadata)) this.#put(type, key, "MODIFIED", { ...live, metadata });
    return true;
  }

  /** As an API server does that is killed after it noted that a pod has no grace left, and before it removed the pod. */
  deleteHalfway(type: ResourceType, namespace: string | undefined, name: string): void {
    const key = keyOf(type, namespace, name);
    const live = this.#objects.get(key);
    if (!live) return;
    const deletionTimestamp = live.metadata.deletionTimestamp ?? new Date(this.#now()).toISOString();
    const metadata = { ...live.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 };
    this.#put(type, key, "MODIFIED", { ...live, metadata });
  }

  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Everything after a revision, or undefined when that was forgotten. */
  since(revision: number): StoreEvent[] | undefined {
    return revision < this.#forgotten ? undefined : this.#history.filter((event) => event.revision > revision);
  }

  /** Forgets all history: watches from before get 410. */
  compact(): void {
    this.#forgotten = this.revision;
    this.#history = [];
    this.#states = [];
  }

  #put(type: ResourceType, key: string, event: "ADDED" | "MODIFIED", object: KubeObject): KubeObject {
    this.#next();
    const stored = structuredClone({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.revision) },
    });
    this.#objects = new Map([...this.#objects, [key, stored]]);
    this.#emit(type, event, stored);
    return structuredClone(stored);
  }

  #remove(type: ResourceType, key: string): KubeObject {
    const live = this.#objects.get(key) as KubeObject;
    this.#next();
    this.#objects = new Map([...this.#objects].filter(([other]) => other !== key));
    this.#applied.delete(key);
    this.#emit(type, "DELETED", { ...live, metadata: { ...live.metadata, resourceVersion: String(this.revision) } });
    return structuredClone(live);
  }

  #next(): void {
    this.#states = [...this.#states, { revision: this.revision, objects: this.#objects }].slice(-rememberedStates);
    this.revision += 1;
  }

  #emit(type: ResourceType, event: StoreEvent["type"], object: KubeObject): void {
    const told = { type: event, object, plural: type.plural, revision: this.revision, at: this.#now() };
    this.#history.push(told);
    for (const listener of [...this.#listeners]) listener(told);
  }
}

/** RFC 7396. */
export function merged(live: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(live) ? { ...live } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = merged(result[key], value);
  }
  return result;
}

/** `live` without the members that were applied before and are not applied any more. */
function without(live: unknown, before: unknown, wanted: unknown): unknown {
  if (!isRecord(live) || !isRecord(before)) return live;
  const result = { ...live };
  for (const key of Object.keys(before)) {
    if (!isRecord(wanted) || wanted[key] === undefined) delete result[key];
    else result[key] = without(result[key], before[key], wanted[key]);
  }
  return result;
}

function isGraceful(type: ResourceType, object: KubeObject): boolean {
  return type.plural === "pods" && (object.metadata.deletionGracePeriodSeconds ?? 0) > 0;
}

function isOnNode(object: KubeObject): boolean {
  return Boolean((object.spec as { nodeName?: string } | undefined)?.nodeName);
}

function keyOf(type: ResourceType, namespace: string | undefined, name: string): string {
  return `${type.plural}/${namespace ?? ""}/${name}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
