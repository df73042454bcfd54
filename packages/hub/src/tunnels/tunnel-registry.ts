import type { Clock } from "@inkube/kube";
import type { Tunnel } from "@inkube/tunnel";

/** Tunnels of the agents that are connected to this replica; one a host, the newest. */
export interface TunnelRegistry {
  add(host: string, tunnel: Tunnel): void;
  get(host: string): Tunnel | undefined;
  /** The tunnel of a host as soon as there is one; undefined when there is none within the time. */
  soon(host: string, ms: number): Promise<Tunnel | undefined>;
  readonly size: number;
  /** Exchanges under way in all of them. */
  readonly openStreams: number;
  closeAll(): void;
}

export function createTunnelRegistry(clock: Clock): TunnelRegistry {
  const tunnels = new Map<string, Tunnel>();
  const awaited = new Map<string, Set<(tunnel: Tunnel) => void>>();
  return {
    add(host, tunnel) {
      // An agent dials a replica again when it has lost the tunnel to it, whether this side knows that or not.
      tunnels.get(host)?.close("replaced by a newer tunnel");
      tunnels.set(host, tunnel);
      for (const tell of awaited.get(host) ?? []) tell(tunnel);
      void tunnel.closed.then(() => {
        if (tunnels.get(host) === tunnel) tunnels.delete(host);
      });
    },
    get: (host) => tunnels.get(host),
    async soon(host, ms) {
      const there = tunnels.get(host);
      if (there) return there;
      const done = new AbortController();
      const { promise, resolve } = Promise.withResolvers<Tunnel | undefined>();
      const waiting = awaited.get(host) ?? new Set();
      awaited.set(host, waiting.add(resolve));
      clock.sleep(ms, done.signal).then(
        () => resolve(undefined),
        () => {},
      );
      try {
        return await promise;
      } finally {
        done.abort();
        waiting.delete(resolve);
        if (waiting.size === 0 && awaited.get(host) === waiting) awaited.delete(host);
      }
    },
    get size() {
      return tunnels.size;
    },
    get openStreams() {
      return [...tunnels.values()].reduce((sum, tunnel) => sum + tunnel.openStreams, 0);
    },
    closeAll() {
      for (const tunnel of tunnels.values()) tunnel.close("the hub is stopping");
    },
  };
}
