import { constants, type ServerHttp2Stream } from "node:http2";
import { Duplex, pipeline, Readable } from "node:stream";
import { TunnelMessageError } from "../tunnel-errors.ts";
import { toWire } from "../wire/header-fields.ts";
import { isFinalStatus } from "../wire/request-line.ts";
import { splice } from "../wire/splice.ts";
import type { StreamSocket } from "../wire/stream-body.ts";
import { breakOff } from "../wire/stream-end.ts";
import type { AgentAnswer, AgentRequest, OrdinaryAnswer, UpgradedAnswer } from "./answer.ts";

export interface ServedExchange {
  stream: ServerHttp2Stream;
  request: AgentRequest;
  /** The connection of the requester, when it asked for an upgrade. */
  requester?: StreamSocket;
}

const failureTextLength = 300;

// The date is the server's to say; Node's types do not know that it can be left out.
const withBody = { endStream: false, sendDate: false };
const onlyHeaders = { endStream: true, sendDate: false };

/** Sends an answer. Throws, after releasing what the answer holds, when it cannot be sent. */
export function sendAnswer(exchange: ServedExchange, answer: AgentAnswer): void {
  try {
    if (exchange.stream.destroyed) release(answer);
    else if (isUpgraded(answer)) sendUpgraded(exchange, answer);
    else sendOrdinary(exchange, answer);
  } catch (error) {
    release(answer);
    throw error;
  }
}

/** Answers 502 with the error's message, or breaks off what has been begun. */
export function sendFailure(stream: ServerHttp2Stream, error: unknown): void {
  if (stream.destroyed || stream.headersSent) {
    breakOff(stream);
    return;
  }
  const text = error instanceof Error ? error.message : "unknown failure";
  const message = (text.split("\n", 1)[0] ?? "").slice(0, failureTextLength);
  endWhenSent(stream);
  stream.respond({ ":status": 502, "content-type": "application/json" }, withBody);
  stream.end(`${JSON.stringify({ code: "TUNNEL_HANDLER_FAILED", message })}\n`);
}

function isUpgraded(answer: AgentAnswer): answer is UpgradedAnswer {
  return answer.status === 101;
}

function sendUpgraded({ stream, requester }: ServedExchange, answer: UpgradedAnswer): void {
  if (!requester) throw new TunnelMessageError("The handler switched protocols without having been asked");
  if (!(answer.socket instanceof Duplex))
    throw new TunnelMessageError("The handler switched protocols without a socket");
  stream.respond({ ...toWire(answer.headers, "content-length"), ":status": 200 }, withBody);
  splice(requester, answer.socket);
}

function sendOrdinary({ stream, request, requester }: ServedExchange, answer: OrdinaryAnswer): void {
  const { status, headers, body = "" } = answer;
  if (!isFinalStatus(status)) throw new TunnelMessageError(`The handler answered with status ${status}`);
  // On the wire 200 is the consent to an upgrade, so no other success can be told from it.
  if (requester && status < 300)
    throw new TunnelMessageError(`The server answered ${status} and did not switch protocols`);
  const empty = status === 204 || status === 205;
  const wire = { ...toWire(headers, empty ? "content-length" : undefined), ":status": status };
  if (request.method === "HEAD" || empty || status === 304) {
    stream.respond(wire, onlyHeaders);
    endWhenSent(stream);
    release(answer);
    return;
  }
  endWhenSent(stream);
  stream.respond(wire, withBody);
  if (typeof body === "string" || Buffer.isBuffer(body)) {
    stream.end(body);
    return;
  }
  const source = body instanceof Readable ? body : Readable.from(body, { objectMode: false });
  pipeline(source, stream, (error) => {
    if (error) breakOff(stream);
  });
}

/** After the answer nobody reads the rest of the request, so its sender is told to stop. */
function endWhenSent(stream: ServerHttp2Stream): void {
  const end = () => {
    if (!stream.closed && !stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  };
  if (stream.writableFinished) end();
  else stream.once("finish", end);
}

function release(answer: AgentAnswer): void {
  if (isUpgraded(answer)) {
    answer.socket?.on?.("error", () => {});
    answer.socket?.destroy?.();
    return;
  }
  const { body } = answer;
  if (body instanceof Readable) {
    body.on("error", () => {});
    body.destroy();
  } else if (typeof body === "object" && !Buffer.isBuffer(body)) {
    // A generator that was never begun has nothing to release, but an iterator with resources may.
    const iterator = body[Symbol.asyncIterator]();
    Promise.resolve(iterator.return?.()).catch(() => {});
  }
}
