import { labels, managedBy } from "@inkube/api";
import {
  type Client,
  type Clock,
  createWatchCache,
  type KubeObject,
  type Logger,
  type ResourceType,
  resources,
  type WatchCache,
} from "@inkube/kube";
import type { FromHostKind, SyncKind, ToHostKind } from "../kinds/kind.ts";
import { usedKeys, usesIndex } from "./kind-context.ts";
import { type RequestGate, Side } from "./side.ts";
import { slimNested } from "./slim-object.ts";

export interface NestedHalfOptions {
  client: Client;
  kinds: readonly SyncKind[];
  gate: RequestGate;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** Names of the indexes over nested objects by address and by node. */
export const addressIndex = "address";
export const nodeIndex = "node";

/**
 * One nested cluster as seen through its own API: a cache a kind over all namespaces, and of mirrored kinds only what the
 * syncer made. Kinds that only trigger others are watched too, without a side to write to.
 */
export class NestedHalf {
  readonly client: Client;
  readonly sides: ReadonlyMap<string, Side>;
  readonly #watched = new Map<string, WatchCache>();

  constructor(options: NestedHalfOptions) {
    const { client, gate, clock } = options;
    this.client = client;
    const sides = new Map<string, Side>();
    for (const kind of options.kinds) {
      const cache = kind.direction === "toHost" ? cacheOf(options, kind) : mirrorCacheOf(options, kind);
      sides.set(kind.kind, new Side({ client, type: kind.type, cache, clock, gate }));
      this.#watched.set(kind.kind, cache);
    }
    this.sides = sides;
    for (const plural of triggerKinds(options.kinds)) {
      const type = (resources as Record<string, ResourceType>)[plural];
      if (type && !this.#watched.has(plural)) this.#watched.set(plural, plainCache(options, type));
    }
  }

  get caches(): WatchCache[] {
    return [...this.#watched.values()];
  }

  get synced(): boolean {
    return this.caches.every(({ synced }) => synced);
  }

  cache(kind: string): WatchCache | undefined {
    return this.#watched.get(kind);
  }

  side(kind: string): Side {
    const side = this.sides.get(kind);
    if (!side) throw new Error(`${kind} are not synced`);
    return side;
  }

  start(): void {
    for (const cache of this.caches) cache.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.caches.map((cache) => cache.stop()));
    await this.client.close();
  }
}

/** After an outage people wait for the sync to go on. Milliseconds. */
const maxBackoffMs = 5_000;

function cacheOf(options: NestedHalfOptions, kind: ToHostKind): WatchCache {
  const { client, clock, random, logger } = options;
  const indexes = {
    [usesIndex]: (object: KubeObject) => usedKeys(kind, object),
    [addressIndex]: addressesOf,
    [nodeIndex]: nodeOf,
  };
  return createWatchCache({
    maxBackoffMs,
    client,
    type: kind.type,
    transform: slimNested,
    indexes,
    clock,
    random,
    logger,
  });
}

function mirrorCacheOf(options: NestedHalfOptions, kind: FromHostKind): WatchCache {
  const { client, clock, random, logger } = options;
  const labelSelector = `${labels.managedBy}=${managedBy.syncer}`;
  const indexes = { [addressIndex]: addressesOf };
  return createWatchCache({ maxBackoffMs, client, type: kind.type, labelSelector, indexes, clock, random, logger });
}

function plainCache(options: NestedHalfOptions, type: ResourceType): WatchCache {
  const { client, clock, random, logger } = options;
  return createWatchCache({ maxBackoffMs, client, type, transform: slimNested, clock, random, logger });
}

function triggerKinds(kinds: readonly SyncKind[]): string[] {
  return kinds.flatMap((kind) =>
    kind.direction === "toHost" ? (kind.triggers ?? []).map((trigger) => trigger.kind) : [],
  );
}

/** ClusterIPs of a Service, pod IPs of a Pod on the pod network, InternalIPs of a Node. */
function addressesOf(object: KubeObject): string[] {
  const spec = (object.spec ?? {}) as { clusterIPs?: string[]; hostNetwork?: boolean };
  const status = (object.status ?? {}) as {
    podIPs?: { ip?: string }[];
    addresses?: { type?: string; address?: string }[];
  };
  const services = (spec.clusterIPs ?? []).filter((ip) => ip !== "" && ip !== "None");
  // A pod on the host's network has the node's address, which is not the tenant's.
  const pods = spec.hostNetwork ? [] : (status.podIPs ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
  const nodes = (status.addresses ?? []).flatMap(({ type, address }) =>
    type === "InternalIP" && address ? [address] : [],
  );
  return [...services, ...pods, ...nodes];
}

function nodeOf(object: KubeObject): string[] {
  const { nodeName } = (object.spec ?? {}) as { nodeName?: string };
  return nodeName ? [nodeName] : [];
}
