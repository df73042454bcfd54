import { WebSocketServer } from "ws";
import { messageBytes, subprotocol } from "../wire/limits.ts";
import { replicaHeader } from "../wire/replica-headers.ts";

/**
 * The WebSocket side of a hub: a server without a port, to which an HTTP server hands its upgrades
 * (`handleUpgrade(request, socket, head, (webSocket) => acceptTunnel(webSocket, …))`). No compression, messages bounded.
 * Whether an agent may come in is decided before, by the HTTP server. Agents are told which replica of the hub they have reached.
 */
export function tunnelWebSocketServer({ replica }: { replica?: string } = {}): WebSocketServer {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: messageBytes,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });
  if (replica !== undefined) server.on("headers", (headers) => headers.push(`${replicaHeader}: ${replica}`));
  return server;
}
