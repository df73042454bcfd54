import type { Client } from "../client/client.ts";
import type { Clock, KubeObject, Logger, ResourceType } from "../types.ts";

export type Change<T extends KubeObject = KubeObject> =
  | { type: "added"; object: T }
  | { type: "modified"; object: T; previous: T }
  | { type: "deleted"; previous: T };

/** What a change is about: the object after it, or before it when it is no more. */
export function changedObject<T extends KubeObject>(change: Change<T>): T {
  return change.type === "deleted" ? change.previous : change.object;
}

export interface WatchCacheOptions<T extends KubeObject = KubeObject> {
  client: Client;
  type: ResourceType;
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Applied to every object at ingest, after managedFields are dropped; return what is worth keeping in memory. */
  transform?: (object: KubeObject) => T;
  /** Named secondary indexes: object → keys. */
  indexes?: Record<string, (object: T) => string[]>;
  /** The longest pause between two attempts to reach the server; the first is 100 ms and each doubles. Default 30 000 ms. */
  maxBackoffMs?: number;
  /** A watch that says nothing for so long counts as dead. Servers send a bookmark about every minute. Default 70 000 ms. */
  watchdogMs?: number;
  clock: Clock;
  /** Uniform in [0,1). */
  random: () => number;
  logger: Logger;
}

/**
 * A local copy of one resource type, kept right by list and watch.
 * - Never stops by itself: any error is retried with backoff and jitter until `stop`.
 * - After a gap (410, lost connection) it lists again and emits the difference, deletions included.
 *   An object recreated under the same name (another uid) is emitted as deleted, then added.
 * - `synced` is true only while the copy is known to be complete and the watch behind it is live
 *   (an event or bookmark no older than the watchdog's limit). Whoever deletes must look at it first.
 * - Events from before what the copy shows are ignored: a watch that tells them again changes nothing.
 * - Handlers run synchronously in order of resourceVersion per object; they must not throw.
 */
export interface WatchCache<T extends KubeObject = KubeObject> {
  readonly type: ResourceType;
  readonly synced: boolean;
  start(): void;
  stop(): Promise<void>;
  /** Resolves at the next moment `synced` is true (at once when it is). */
  whenSynced(signal?: AbortSignal): Promise<void>;
  get(name: string, namespace?: string): T | undefined;
  list(): Iterable<T>;
  byIndex(index: string, key: string): T[];
  readonly size: number;
  /** Returns an unsubscribe function. Objects already present are replayed as `added`. */
  onChange(handler: (change: Change<T>) => void): () => void;
  onSyncedChange(handler: (synced: boolean) => void): () => void;
}
