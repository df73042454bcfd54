import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** One address for several servers of 127.0.0.1, each connection to the next of them. */
export interface Balancer extends AsyncDisposable {
  readonly port: number;
  /** How many connections have come. */
  readonly connections: number;
  /** Ports that connections are led to from now on, in turn; those that exist stay. */
  lead(ports: readonly number[]): void;
}

/** Starts one on a free port; dispose of it. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let targets = ports;
  let connections = 0;
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((inbound) => {
    const outbound = connect(targets[connections % targets.length] ?? 0, "127.0.0.1");
    connections += 1;
    keep(inbound, outbound);
    keep(outbound, inbound);
    inbound.pipe(outbound).pipe(inbound);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    lead(ports) {
      targets = ports;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
