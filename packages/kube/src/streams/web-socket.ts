import { createHash, randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import type { Client } from "../client/client.ts";
import { KubeError } from "../client/kube-error.ts";
import { errorFromAnswer } from "../client/status-error.ts";
import { encodeFrame, FrameDecoder, opcodes } from "./web-socket-frames.ts";

/** Fixed by RFC 6455. */
const acceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const closeNormally = Buffer.from([0x03, 0xe8]);
/** How long the other side may take to answer a close before the connection is cut. */
const closeGraceMs = 2_000;

export interface WebSocketHandlers {
  message(data: Buffer): void;
  /** Comes once; `error` when the connection broke or the other side broke the protocol. */
  closed(error?: KubeError): void;
}

/**
 * The client side of one WebSocket on a connection that {@link Client.upgrade} gave. It is made here and not by a library
 * because the connection must carry the client's identity, proxy and TLS settings, which only the client knows.
 */
export class WebSocketConnection {
  readonly protocol: string;
  readonly #socket: Duplex;
  readonly #place: string;
  readonly #decoder = new FrameDecoder();
  #handlers: WebSocketHandlers | undefined;
  #closing = false;
  #over = false;

  constructor(socket: Duplex, protocol: string, place: string) {
    this.#socket = socket;
    this.protocol = protocol;
    this.#place = place;
    socket.pause();
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (cause) => this.#finish(this.#broken(`connection lost: ${cause.message}`, cause)));
    socket.on("close", () => this.#finish(this.#closing ? undefined : this.#broken("connection lost")));
    socket.on("end", () => socket.end());
  }

  /** Nothing is read before this. */
  listen(handlers: WebSocketHandlers): void {
    this.#handlers = handlers;
    this.#socket.resume();
  }

  /** Sends one binary message; `done` runs when there is room for more. */
  send(data: Buffer, done?: (error?: Error | null) => void): void {
    if (this.#over || this.#closing) done?.(this.#broken("already closed"));
    else this.#socket.write(encodeFrame(opcodes.binary, data), done);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends it in order; the rest of what was sent before still goes out. */
  close(): void {
    if (this.#over || this.#closing) return;
    this.#closing = true;
    this.#socket.resume();
    this.#socket.end(encodeFrame(opcodes.close, closeNormally));
    setTimeout(() => this.#socket.destroy(), closeGraceMs).unref();
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#decoder.push(chunk)) {
        if (this.#over) return;
        if (frame.opcode === opcodes.close) this.#answerClose();
        else if (frame.opcode === opcodes.ping) this.#socket.write(encodeFrame(opcodes.pong, frame.data));
        else if (frame.opcode !== opcodes.pong && !this.#closing) this.#handlers?.message(frame.data);
      }
    } catch (error) {
      this.#finish(this.#broken((error as Error).message, error));
      this.#socket.destroy();
    }
  }

  #answerClose(): void {
    if (!this.#closing) this.#socket.end(encodeFrame(opcodes.close, closeNormally));
    this.#closing = true;
    this.#finish();
  }

  #finish(error?: KubeError): void {
    if (this.#over) return;
    this.#over = true;
    this.#handlers?.closed(error);
  }

  #broken(what: string, cause?: unknown): KubeError {
    return new KubeError({ code: "unreachable", message: `${this.#place}: ${what}`, cause });
  }
}

/** Asks for a WebSocket that speaks one of the protocols, most wanted first. A refusal is a KubeError. */
export async function openWebSocket(
  client: Client,
  path: string,
  protocols: string[],
  signal?: AbortSignal,
): Promise<WebSocketConnection> {
  const key = randomBytes(16).toString("base64");
  const answer = await client.upgrade({
    method: "GET",
    path,
    headers: {
      // Nodes take it literally: what they stream is no JSON.
      accept: "*/*",
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": key,
      "sec-websocket-protocol": protocols.join(", "),
    },
    ...(signal && { signal }),
  });
  const place = path.replace(/\?.*$/s, "");
  if (!answer.socket) {
    throw errorFromAnswer({ method: "GET", origin: "", path }, answer.status, answer.body ?? "", answer.headers);
  }
  const protocol = answer.headers["sec-websocket-protocol"] ?? "";
  const accept = createHash("sha1")
    .update(key + acceptGuid)
    .digest("base64");
  if (answer.headers["sec-websocket-accept"] !== accept || !protocols.includes(protocol)) {
    answer.socket.destroy();
    throw new KubeError({ code: "server", message: `${place}: the server did not agree on a WebSocket protocol` });
  }
  return new WebSocketConnection(answer.socket, protocol, place);
}
