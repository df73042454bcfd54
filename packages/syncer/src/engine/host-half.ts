import { labels, names } from "@inkube/api";
import {
  type Client,
  type Clock,
  createWatchCache,
  type KubeObject,
  type Logger,
  resources,
  type WatchCache,
} from "@inkube/kube";
import type { ToHostKind } from "../kinds/kind.ts";
import { type RequestGate, Side } from "./side.ts";
import { slimHost } from "./slim-object.ts";

export interface HostHalfOptions {
  client: Client;
  namespace: string;
  kinds: readonly ToHostKind[];
  gate: RequestGate;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** The rights in a new host namespace may come a moment after its name: people wait for what this costs. Milliseconds. */
const maxBackoffMs = 2_000;

/** Objects of the agent that the syncer has to read whole. */
const neededWhole: Record<string, string> = {
  Secret: names.syncerKubeconfigSecret,
  Service: names.controlPlane,
};

/**
 * One nested cluster's part of the host: caches of its host namespace, one a kind. They hold every object of the namespace,
 * not only labelled ones, so that a foreign object under a derived name is seen before it is written over.
 */
export class HostHalf {
  readonly sides: ReadonlyMap<string, Side>;
  readonly #namespace: string;

  constructor(options: HostHalfOptions) {
    this.#namespace = options.namespace;
    const { client, gate, clock, random, logger } = options;
    const sides = new Map<string, Side>();
    for (const { kind, type } of options.kinds) {
      const transform = (object: KubeObject) => keepNeeded(type.kind, object);
      const cache = createWatchCache({
        maxBackoffMs,
        client,
        type,
        namespace: options.namespace,
        transform,
        clock,
        random,
        logger,
      });
      sides.set(kind, new Side({ client, type, cache, clock, gate }));
    }
    this.sides = sides;
  }

  get caches(): WatchCache[] {
    return [...this.sides.values()].map(({ cache }) => cache);
  }

  get synced(): boolean {
    return this.caches.every(({ synced }) => synced);
  }

  start(): void {
    for (const cache of this.caches) cache.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.caches.map((cache) => cache.stop()));
  }

  side(kind: string): Side {
    const side = this.sides.get(kind);
    if (!side) throw new Error(`${kind} are not watched on the host`);
    return side;
  }

  /** Text of the kubeconfig with which the syncer reaches the nested API; undefined while the agent has not made it. */
  kubeconfig(): string | undefined {
    const secret = this.sides.get(resources.secrets.plural)?.cache.get(names.syncerKubeconfigSecret, this.#namespace);
    const encoded = (secret?.data as Record<string, string> | undefined)?.kubeconfig;
    return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
  }

  /** ClusterIP of the control plane's Service; undefined while it has none. */
  apiServiceIP(): string | undefined {
    const service = this.sides.get(resources.services.plural)?.cache.get(names.controlPlane, this.#namespace);
    const ip = (service?.spec as { clusterIP?: string } | undefined)?.clusterIP;
    return ip && ip !== "None" ? ip : undefined;
  }

  /** Addresses of the control plane's pods that run now. */
  controlPlaneIPs(): string[] {
    const pods = this.sides.get(resources.pods.plural)?.cache.list() ?? [];
    return [...pods].flatMap((pod) => {
      const ip = (pod.status as { podIP?: string } | undefined)?.podIP;
      return isControlPlane(pod) && ip && !pod.metadata.deletionTimestamp ? [ip] : [];
    });
  }
}

function keepNeeded(kind: string, object: KubeObject): KubeObject {
  if (neededWhole[kind] === object.metadata.name) return object;
  if (kind === "Pod" && isControlPlane(object)) return { metadata: object.metadata, status: podAddress(object) };
  return slimHost(object);
}

function isControlPlane(pod: KubeObject): boolean {
  return pod.metadata.labels?.[labels.component] === names.controlPlane;
}

function podAddress(pod: KubeObject): object {
  const { podIP } = (pod.status ?? {}) as { podIP?: string };
  return podIP ? { podIP } : {};
}
