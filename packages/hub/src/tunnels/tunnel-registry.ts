import type { Tunnel } from "@inkube/tunnel";

/** Tunnels of the agents that are connected to this replica; one a host, the newest. */
export interface TunnelRegistry {
  add(host: string, tunnel: Tunnel): void;
  get(host: string): Tunnel | undefined;
  readonly size: number;
  closeAll(): void;
}

export function createTunnelRegistry(): TunnelRegistry {
  const tunnels = new Map<string, Tunnel>();
  return {
    add(host, tunnel) {
      // An agent that dials again has lost the tunnel before, whether this side knows it or not.
      tunnels.get(host)?.close("replaced by a newer tunnel");
      tunnels.set(host, tunnel);
      void tunnel.closed.then(() => {
        if (tunnels.get(host) === tunnel) tunnels.delete(host);
      });
    },
    get: (host) => tunnels.get(host),
    get size() {
      return tunnels.size;
    },
    closeAll() {
      for (const tunnel of tunnels.values()) tunnel.close("the hub is stopping");
    },
  };
}
