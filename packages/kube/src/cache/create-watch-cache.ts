import { isKubeError, KubeError } from "../client/kube-error.ts";
import type { KubeObject, ResourceType, WatchEvent } from "../types.ts";
import { ObjectStore, storeKey } from "./object-store.ts";
import { isHeld } from "./resource-version.ts";
import { retryDelay } from "./retry-delay.ts";
import type { Change, WatchCache, WatchCacheOptions } from "./watch-cache.ts";

const defaultMaxBackoffMs = 30_000;
const defaultWatchdogMs = 70_000;
/** A watch that ends sooner and without a word is a fault of the server, not the ordinary end. */
const shortestOrdinaryWatchMs = 1_000;

/** A cache that obeys the contract of {@link WatchCache}. It does nothing until `start`. */
export function createWatchCache<T extends KubeObject = KubeObject>(options: WatchCacheOptions<T>): WatchCache<T> {
  return new ListWatchCache(options);
}

class ListWatchCache<T extends KubeObject> implements WatchCache<T> {
  readonly type: ResourceType;
  readonly #options: WatchCacheOptions<T>;
  readonly #store: ObjectStore<T>;
  readonly #stopping = new AbortController();
  readonly #handlers = new Set<(change: Change<T>) => void>();
  readonly #syncedHandlers = new Set<(synced: boolean) => void>();
  #running: Promise<void> | undefined;
  #synced = false;
  /** Where the next watch starts; undefined when only a list can tell. */
  #resourceVersion: string | undefined;
  #failures = 0;

  constructor(options: WatchCacheOptions<T>) {
    this.type = options.type;
    this.#options = options;
    this.#store = new ObjectStore(options.indexes);
  }

  get synced(): boolean {
    return this.#synced;
  }

  get size(): number {
    return this.#store.size;
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  whenSynced(signal?: AbortSignal): Promise<void> {
    if (this.#synced) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const signals = signal ? [signal, this.#stopping.signal] : [this.#stopping.signal];
      const settle = (finish: () => void) => {
        unsubscribe();
        for (const each of signals) each.removeEventListener("abort", onAbort);
        finish();
      };
      const onAbort = () => settle(() => reject(signal?.aborted ? signal.reason : this.#stopping.signal.reason));
      const unsubscribe = this.onSyncedChange((synced) => {
        if (synced) settle(resolve);
      });
      for (const each of signals) {
        if (each.aborted) {
          onAbort();
          return;
        }
        each.addEventListener("abort", onAbort, { once: true });
      }
    });
  }

  get(name: string, namespace?: string): T | undefined {
    return this.#store.get(storeKey(name, namespace));
  }

  list(): Iterable<T> {
    return this.#store.values();
  }

  byIndex(index: string, key: string): T[] {
    return this.#store.byIndex(index, key);
  }

  onChange(handler: (change: Change<T>) => void): () => void {
    this.#handlers.add(handler);
    for (const object of [...this.#store.values()]) handler({ type: "added", object });
    return () => this.#handlers.delete(handler);
  }

  onSyncedChange(handler: (synced: boolean) => void): () => void {
    this.#syncedHandlers.add(handler);
    return () => this.#syncedHandlers.delete(handler);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#resourceVersion ??= await this.#relist(signal);
        await this.#follow(this.#resourceVersion, signal);
      } catch (error) {
        this.#setSynced(false);
        if (!signal.aborted) await this.#recover(error, signal);
      }
    }
    this.#setSynced(false);
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { type, maxBackoffMs = defaultMaxBackoffMs, random, clock, logger } = this.#options;
    // Whatever broke the connection may also have replaced what is behind it: only a list is certain.
    if (!(error instanceof QuietEnd)) this.#resourceVersion = undefined;
    this.#failures += 1;
    const delayMs = Math.round(retryDelay(this.#failures, maxBackoffMs, random));
    const fields = { resource: type.plural, failures: this.#failures, delayMs, ...errorFields(error) };
    // An expired version is the ordinary price of a long gap.
    if (isKubeError(error, "gone") || error instanceof QuietEnd) logger.debug(fields, "Watch starts over");
    else logger.warn(fields, "Could not list or watch, trying again");
    await clock.sleep(delayMs, signal).catch(() => {});
  }

  async #relist(signal: AbortSignal): Promise<string> {
    const { items, resourceVersion } = await this.#options.client.list(this.type, { ...this.#selection(), signal });
    const present = new Set(items.map((item) => storeKey(item.metadata.name, item.metadata.namespace)));
    // Deletions first: what was freed may be taken by what is new.
    for (const key of [...this.#store.keys()]) if (!present.has(key)) this.#remove(key);
    for (const item of items) this.#put(item);
    return resourceVersion;
  }

  /** One watch, until the server ends it in order or it falls silent. */
  async #follow(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#options;
    const ending = new AbortController();
    const watchSignal = AbortSignal.any([signal, ending.signal]);
    const openedAt = clock.now();
    const watch = { heardAt: openedAt, heard: false, silent: false };
    const onOpen = () => {
      watch.heardAt = clock.now();
      if (!watchSignal.aborted) this.#setSynced(true);
    };
    const watchdog = this.#guard(watch, ending);
    try {
      const events = client.watch(this.type, { ...this.#selection(), resourceVersion, signal: watchSignal, onOpen });
      for await (const event of events) {
        // What was decoded before the watch was given up must not make it look alive.
        if (watchSignal.aborted) break;
        watch.heardAt = clock.now();
        watch.heard = true;
        this.#failures = 0;
        this.#take(event);
        this.#setSynced(true);
      }
    } catch (error) {
      if (!watch.silent) throw error;
    } finally {
      this.#setSynced(false);
      ending.abort();
      await watchdog;
    }
    if (!watch.heard && !watch.silent && clock.now() - openedAt < shortestOrdinaryWatchMs) throw new QuietEnd();
    this.#failures = 0;
  }

  async #guard(watch: { heardAt: number; silent: boolean }, ending: AbortController): Promise<void> {
    const { clock, logger, watchdogMs = defaultWatchdogMs } = this.#options;
    while (!ending.signal.aborted) {
      // A clock that was set back must not make the watch look alive for longer.
      watch.heardAt = Math.min(watch.heardAt, clock.now());
      const left = watch.heardAt + watchdogMs - clock.now();
      if (left <= 0) {
        watch.silent = true;
        this.#setSynced(false);
        logger.debug({ resource: this.type.plural, watchdogMs }, "Watch fell silent, opening another");
        ending.abort();
        return;
      }
      await clock.sleep(left, ending.signal).catch(() => {});
    }
  }

  #selection() {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return {
      ...(namespace && { namespace }),
      ...(labelSelector && { labelSelector }),
      ...(fieldSelector && { fieldSelector }),
    };
  }

  #take(event: WatchEvent): void {
    const { name, namespace, resourceVersion } = event.object.metadata;
    // A server may begin a watch earlier than it was asked to; an object of that time may have a successor by now.
    if (resourceVersion && this.#resourceVersion && isHeld(resourceVersion, this.#resourceVersion)) return;
    if (event.type === "DELETED") this.#remove(storeKey(name, namespace));
    else if (event.type !== "BOOKMARK") this.#put(event.object);
    if (resourceVersion) this.#resourceVersion = resourceVersion;
  }

  #put(raw: KubeObject): void {
    const key = storeKey(raw.metadata.name, raw.metadata.namespace);
    const previous = this.#store.get(key);
    const { uid, resourceVersion } = raw.metadata;
    const sameUid = previous !== undefined && previous.metadata.uid === uid;
    if (sameUid && previous.metadata.resourceVersion === resourceVersion) return;
    if (previous && !sameUid) this.#remove(key);
    const object = this.#ingest(raw);
    this.#store.set(key, object);
    this.#emit(previous && sameUid ? { type: "modified", object, previous } : { type: "added", object });
  }

  #remove(key: string): void {
    const previous = this.#store.get(key);
    if (!previous) return;
    this.#store.delete(key);
    this.#emit({ type: "deleted", previous });
  }

  #ingest(raw: KubeObject): T {
    delete raw.metadata.managedFields;
    // Without a transform, T is what the caller says that the wire holds.
    return this.#options.transform ? this.#options.transform(raw) : (raw as T);
  }

  #emit(change: Change<T>): void {
    for (const handler of this.#handlers) this.#call(() => handler(change));
  }

  #setSynced(synced: boolean): void {
    if (this.#synced === synced) return;
    this.#synced = synced;
    for (const handler of [...this.#syncedHandlers]) this.#call(() => handler(synced));
  }

  /** A handler that throws breaks its own promise; the cache and the other handlers go on. */
  #call(notify: () => void): void {
    try {
      notify();
    } catch (error) {
      this.#options.logger.error(
        { resource: this.type.plural, ...errorFields(error) },
        "A handler of the watch cache threw",
      );
    }
  }
}

/** A watch that ended at once and said nothing: its version is still good, but the server needs a pause. */
class QuietEnd extends Error {}

function errorFields(error: unknown): { code?: string; error: string } {
  const text = error instanceof Error ? error.message : String(error);
  return error instanceof KubeError ? { code: error.code, error: text } : { error: text };
}
