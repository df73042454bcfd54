import type { Server } from "node:http";
import type { Socket } from "node:net";

/** The open connections of a server; can break them all and refuse new ones. */
export class Connections {
  #sockets = new Set<Socket>();
  #refusing = false;

  constructor(server: Server) {
    const track = (socket: Socket) => {
      if (this.#refusing) {
        socket.destroy();
        return;
      }
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      // A peer that breaks off is ordinary here.
      socket.on("error", () => {});
    };
    server.on("connection", track);
  }

  get refusing(): boolean {
    return this.#refusing;
  }

  refuse(refusing: boolean): void {
    this.#refusing = refusing;
    if (refusing) this.cut();
  }

  cut(): void {
    for (const socket of [...this.#sockets]) socket.destroy();
  }
}
