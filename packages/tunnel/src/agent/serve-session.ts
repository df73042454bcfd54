import http2, { type ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";
import { Readable } from "node:stream";
import type { Logger } from "@inkube/kube";
import { TunnelMessageError, TunnelStreamError } from "../tunnel-errors.ts";
import { fromWire, rawValue, upgradeMethodHeader } from "../wire/header-fields.ts";
import { agentSession, connectionWindow } from "../wire/limits.ts";
import { StreamBody, StreamSocket } from "../wire/stream-body.ts";
import { breakOff, endedWell } from "../wire/stream-end.ts";
import type { AgentHandler, AgentRequest } from "./answer.ts";
import { sendAnswer, sendFailure } from "./send-answer.ts";

export interface ServeOptions {
  handle: AgentHandler;
  logger: Logger;
}

/** Answers the requests that come over a connection. */
export function serveSession(duplex: Duplex, options: ServeOptions): http2.ServerHttp2Session {
  const session = http2.performServerHandshake(duplex, agentSession);
  session.setLocalWindowSize(connectionWindow);
  session.on("stream", (stream, _headers, _flags, raw) => {
    // Handlers never run inside the reading of HTTP/2, where ending the connection would end the process.
    serveStream(stream, raw, options).catch((error: unknown) => {
      options.logger.error({ err: error }, "Could not answer a request of the hub");
      breakOff(stream);
    });
  });
  return session;
}

async function serveStream(stream: ServerHttp2Stream, raw: readonly string[], options: ServeOptions): Promise<void> {
  const signal = goneSignal(stream);
  // Told by the close that follows.
  stream.on("error", () => {});
  const exchange = readExchange(stream, raw);
  await new Promise((resolve) => setImmediate(resolve));
  try {
    signal.throwIfAborted();
    if (!exchange) throw new TunnelMessageError("CONNECT is served for upgrades only");
    const answer = await options.handle(exchange.request, signal);
    sendAnswer({ stream, ...exchange }, answer);
  } catch (error) {
    if (signal.aborted) return;
    const { method, path } = exchange?.request ?? {};
    options.logger.warn({ err: error, method, path: path?.split("?")[0] }, "Could not answer a request of the hub");
    sendFailure(stream, error);
  }
}

/** Aborted when the stream ends before the answer is through. */
function goneSignal(stream: ServerHttp2Stream): AbortSignal {
  const gone = new AbortController();
  stream.once("close", () => {
    if (!endedWell(stream)) gone.abort(new TunnelStreamError("The requester has gone away"));
  });
  return gone.signal;
}

/** The request with, for an upgrade, the connection that waits for consent. Undefined for a CONNECT that is no upgrade. */
function readExchange(stream: ServerHttp2Stream, raw: readonly string[]) {
  const broken = () => new TunnelStreamError("The requester has gone away");
  const upgrade = rawValue(raw, ":protocol");
  const method = rawValue(raw, upgrade === undefined ? ":method" : upgradeMethodHeader) ?? "GET";
  const common = { method, path: rawValue(raw, ":path") ?? "/", headers: fromWire(raw) };
  if (upgrade !== undefined) {
    const request: AgentRequest = { ...common, upgrade, body: Readable.from([]) };
    return { request, requester: new StreamSocket(stream, broken) };
  }
  if (method === "CONNECT") return undefined;
  // A body that the handler does not want is held back by flow control until the answer is through.
  const body = new StreamBody(stream, { broken, abandoned: () => stream.pause() });
  return { request: { ...common, body } as AgentRequest };
}
