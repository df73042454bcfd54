import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A network that can swallow everything without breaking a connection, as one does whose router has forgotten it. */
export interface FreezableProxy {
  readonly port: number;
  /** From now on nothing passes on the connections that exist; they stay open. New ones work. */
  freeze(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Forwards bytes from a free port of 127.0.0.1 to another port of it. */
export async function startFreezableProxy(target: number): Promise<FreezableProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  };
  const server = createServer((inbound) => {
    const outbound = connect(target, "127.0.0.1");
    keep(inbound);
    keep(outbound);
    inbound.pipe(outbound).pipe(inbound);
    inbound.once("close", () => outbound.destroy());
    outbound.once("close", () => inbound.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    freeze() {
      for (const socket of sockets) {
        socket.unpipe();
        socket.removeAllListeners("close");
        socket.pause();
      }
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
