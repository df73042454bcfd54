import { once } from "node:events";
import { type AddressInfo, connect, createServer, isIP, type Socket } from "node:net";
import type { ClusterConfig } from "../../config/cluster-config.ts";

/** A network between a client and any API server, real ones too, that can break. */
export interface CuttableProxy {
  /** The given config with the proxy in between; certificates are checked as before. */
  readonly config: ClusterConfig;
  /** Breaks all connections; new ones are taken at once. */
  cut(): void;
  /** Breaks all connections and refuses new ones until `restore`. */
  outage(): void;
  restore(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Forwards bytes from a free port of 127.0.0.1 to the server of `config`. TLS goes through untouched: the
 * certificate must be for the server's host name, or for 127.0.0.1 when the server is named by an address.
 */
export async function startCuttableProxy(config: ClusterConfig): Promise<CuttableProxy> {
  const target = new URL(config.server);
  const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
  // TLS has no way to ask for an address by name.
  const named = isIP(target.hostname) || config.tlsServerName ? {} : { tlsServerName: target.hostname };
  const sockets = new Set<Socket>();
  const state = { refusing: false };
  const cut = () => {
    for (const socket of [...sockets]) socket.destroy();
  };
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((inbound) => {
    if (state.refusing) {
      inbound.destroy();
      return;
    }
    const outbound = connect(port, target.hostname);
    keep(inbound, outbound);
    keep(outbound, inbound);
    inbound.pipe(outbound).pipe(inbound);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `${target.protocol}//127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    config: { ...config, ...named, server: address },
    cut,
    outage: () => {
      state.refusing = true;
      cut();
    },
    restore: () => {
      state.refusing = false;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}
