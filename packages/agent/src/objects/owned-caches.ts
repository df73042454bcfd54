import { labels, managedBy } from "@inkube/api";
import {
  type Client,
  type Clock,
  createWatchCache,
  type KubeObject,
  type Logger,
  type ResourceType,
  type WatchCache,
  type WatchCacheOptions,
} from "@inkube/kube";
import { type OwnedKind, ownedTypes } from "./owned-types.ts";

export interface CacheDependencies {
  client: Client;
  clock: Clock;
  /** Uniform in [0,1). */
  random: () => number;
  logger: Logger;
}

/** Copies of everything that the agent made on this host, one cache a kind. */
export type OwnedCaches = Readonly<Record<OwnedKind, WatchCache>>;

/** Caches of the agent's objects; the caller starts and stops them. */
export function createOwnedCaches(dependencies: CacheDependencies): OwnedCaches {
  const labelSelector = `${labels.managedBy}=${managedBy.agent}`;
  const entries = Object.entries(ownedTypes).map(([kind, type]) => [
    kind,
    cacheOf(dependencies, type, { labelSelector }),
  ]);
  return Object.fromEntries(entries) as OwnedCaches;
}

/** A cache of one type. */
export function cacheOf<T extends KubeObject = KubeObject>(
  dependencies: CacheDependencies,
  type: ResourceType,
  options: Pick<WatchCacheOptions<T>, "labelSelector" | "fieldSelector" | "namespace" | "transform"> = {},
): WatchCache<T> {
  return createWatchCache<T>({ ...dependencies, type, ...options });
}
