/**
 * The reference: a server that does nothing but send bytes that it was given, and takes WebSockets. Told by its parent process.
 * @module
 */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { PlainMessage } from "./plain-server.ts";

const answers = new Map<string, Buffer>();

function serve(cert: string, key: string): void {
  const server = createServer({ cert, key }, (request, response) => {
    const body = answers.get(request.url ?? "");
    response.writeHead(body ? 200 : 404, {
      "content-type": "application/json; charset=utf-8",
      "content-length": body?.length ?? 0,
    });
    response.end(body);
  });
  new WebSocketServer({ server });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
}

process.on("message", (message: PlainMessage) => {
  if ("key" in message) serve(message.certificate, message.key);
  else {
    answers.set(message.path, Buffer.from(message.body, "base64"));
    process.send?.("kept");
  }
});
process.on("disconnect", () => process.exit());
