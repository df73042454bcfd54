import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Refusal } from "./refusal.ts";

/** Answers with a text that browsers take for nothing else. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  type = "text/plain; charset=utf-8",
): void {
  response.writeHead(status, { "content-type": type, "x-content-type-options": "nosniff" }).end(text);
}

/** Answers 200 with a JSON document. */
export function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

/** Answers a request to upgrade, of which there is only the bare connection, and ends that. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = refusal.message;
  socket.end(
    `HTTP/1.1 ${refusal.status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
