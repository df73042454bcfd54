import type { Duplex } from "node:stream";
import type { RefusalLabel } from "./tunnel-metrics.ts";

/** Why a CONNECT is not let through. The text goes to the nested API server and from there to its users. */
export class TunnelRefusal extends Error {
  readonly status: number;
  readonly label: RefusalLabel;
  constructor(status: number, label: RefusalLabel, reason: string) {
    super(reason);
    this.status = status;
    this.label = label;
  }
}

/** Answers with a refusal and ends the connection. The API server shows only the status line of a refusal to its users, so the reason is there as well as in the body. */
export function sendRefusal(socket: Duplex, refusal: TunnelRefusal): void {
  if (socket.destroyed) return;
  const reason = refusal.message.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
  const body = `${reason}\n`;
  socket.on("error", () => socket.destroy());
  socket.resume();
  socket.end(
    `HTTP/1.1 ${refusal.status} ${reason}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
