import { type Client, type Clock, createWatchCache, type Logger, type WatchCache } from "@inkube/kube";
import type { FromHostKind } from "../kinds/kind.ts";
import { type RequestGate, Side } from "./side.ts";

export interface SharedHostOptions {
  client: Client;
  kinds: readonly FromHostKind[];
  gate: RequestGate;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** What every nested cluster sees of the host (nodes, storage classes, volumes): read once per process. */
export class SharedHost {
  readonly client: Client;
  readonly sides: ReadonlyMap<string, Side>;

  constructor(options: SharedHostOptions) {
    const { client, gate, clock, random, logger } = options;
    this.client = client;
    const sides = new Map<string, Side>();
    for (const { kind, type } of options.kinds) {
      const cache = createWatchCache({ client, type, clock, random, logger });
      sides.set(kind, new Side({ client, type, cache, clock, gate }));
    }
    this.sides = sides;
  }

  get caches(): WatchCache[] {
    return [...this.sides.values()].map(({ cache }) => cache);
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
}
