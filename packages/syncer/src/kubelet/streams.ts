import type { IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import type { Client } from "@inkube/kube";
import { splice } from "../tunnel/splice.ts";
import { hostPath } from "./host-pod.ts";
import { type PodNames, refusalOfHost } from "./refusal.ts";
import type { StreamKind } from "./route.ts";

/** What both sides negotiate; everything else, credentials above all, stays where it is. */
const requestHeaders = [
  "upgrade",
  "connection",
  "x-stream-protocol-version",
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-protocol",
  "sec-websocket-extensions",
];

const responseHeaders = [
  "upgrade",
  "connection",
  "x-stream-protocol-version",
  "sec-websocket-accept",
  "sec-websocket-protocol",
  "sec-websocket-extensions",
];

export interface StreamRequest {
  kind: StreamKind;
  method: string;
  headers: IncomingHttpHeaders;
  query: string;
}

/**
 * Opens exec, attach or port-forward at the host and joins it to the caller's connection, whatever protocol the two agree on.
 * Throws a Refusal when the host does not switch protocols.
 */
export async function joinStream(
  host: Client,
  names: PodNames,
  request: StreamRequest,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const gone = new AbortController();
  const onClose = (): void => gone.abort();
  socket.once("close", onClose);
  const answer = await host.upgrade({
    method: request.method,
    path: hostPath(names.host, request.kind, request.query),
    headers: negotiation(request.headers),
    signal: gone.signal,
  });
  socket.off("close", onClose);
  if (!answer.socket) throw refusalOfHost(answer.status, answer.body ?? "", names);
  const lines = responseHeaders.flatMap((name) => {
    const value = answer.headers[name];
    return value === undefined ? [] : [`${name}: ${value}\r\n`];
  });
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`);
  if (head.length > 0) socket.unshift(head);
  splice(socket, answer.socket);
}

function negotiation(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of requestHeaders) {
    const value = headers[name];
    if (value !== undefined) kept[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  const protocols = kept["sec-websocket-protocol"];
  if (protocols !== undefined) kept["sec-websocket-protocol"] = withoutTokens(protocols);
  return kept;
}

/** Browsers carry bearer tokens as a subprotocol; a nested one means nothing to the host and must not get there. */
function withoutTokens(protocols: string): string {
  return protocols
    .split(",")
    .map((protocol) => protocol.trim())
    .filter((protocol) => !protocol.startsWith("base64url.bearer.authorization.k8s.io."))
    .join(", ");
}
