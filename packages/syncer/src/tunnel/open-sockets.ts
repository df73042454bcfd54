import type { Socket } from "node:net";

/** The connections of a server that are open, also those that it has handed to somebody else. */
export class OpenSockets {
  readonly #sockets = new Set<Socket>();

  /** Keeps a connection until it closes, and finds out when its peer is dead. */
  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setKeepAlive(true, 30_000);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#sockets.delete(socket));
  }

  /** Resolves when every connection is closed. */
  async destroyAll(): Promise<void> {
    const closed = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }
}
