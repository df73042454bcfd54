import type { Duplex } from "node:stream";
import type { Clock } from "@inkube/kube";
import { createWebSocketStream, type WebSocket } from "ws";
import { receiveBuffer } from "./limits.ts";
import { untilSilent } from "./liveness.ts";

const settingsDeadlineMs = 10_000;

/** The part of an HTTP/2 session that a link looks at. */
export interface LinkedSession {
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "goaway" | "close" | "remoteSettings", listener: () => void): unknown;
}

/**
 * A WebSocket that carries HTTP/2. It must be made before the first message can arrive: in the same turn in which the
 * WebSocket is, or is handed over.
 *
 * It ends by one way only, the end of the WebSocket, and HTTP/2 follows. A session destroyed while it reads aborts the
 * whole process: https://github.com/nodejs/node/issues/64850
 */
export class Link {
  /** What HTTP/2 runs over. */
  readonly duplex: Duplex;
  /** Resolves with the reason when the connection is gone. Never rejects. */
  readonly closed: Promise<string>;
  readonly #webSocket: WebSocket;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  #reason: string | undefined;

  constructor(webSocket: WebSocket, clock: Clock) {
    this.#webSocket = webSocket;
    this.#clock = clock;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.closed = promise;
    webSocket.on("error", (error) => this.cut(error.message));
    webSocket.on("message", (_data, isBinary) => {
      if (!isBinary) this.cut("the peer sent text");
    });
    this.duplex = createWebSocketStream(webSocket, { readableHighWaterMark: receiveBuffer });
    this.duplex.on("error", (error) => this.cut(error.message));
    const onClose = (code?: number, text?: Buffer) => {
      this.#reason ??= closeReason(code, text);
      this.#over.abort();
      this.duplex.destroy();
      resolve(this.#reason);
    };
    webSocket.once("close", onClose);
    if (webSocket.readyState === webSocket.CLOSED) onClose();
  }

  /** Why it ended or is about to; undefined while all is well. What the peer says is known only once it has ended. */
  get reason(): string | undefined {
    const { readyState, CLOSING, CLOSED } = this.#webSocket;
    const over = readyState === CLOSING || readyState === CLOSED;
    return this.#reason ?? (over ? "the connection was lost" : undefined);
  }

  /** Begins to watch the peer: it must speak HTTP/2 within 10 s and then never be silent for long. `onReady` runs once it has spoken. */
  attend(session: LinkedSession, onReady: () => void): void {
    // Without negotiation there is none; with it every stream would share one compression state with secrets in it.
    if (this.#webSocket.extensions !== "") this.cut("the WebSocket must not be compressed");
    session.on("error", (error) => this.cut(error.message));
    session.on("goaway", () => this.cut("the peer ended HTTP/2"));
    session.on("close", () => this.cut("HTTP/2 has ended"));
    let ready = false;
    session.on("remoteSettings", () => {
      if (ready || this.reason !== undefined) return;
      ready = true;
      onReady();
    });
    const { signal } = this.#over;
    this.#clock.sleep(settingsDeadlineMs, signal).then(() => {
      if (!ready) this.cut("the peer does not speak HTTP/2");
    }, ignore);
    untilSilent(this.#webSocket, this.#clock, signal).then(() => this.cut("the peer is silent"), ignore);
  }

  /** Ends it now; the first reason stays. The peer is told the reason if the network still takes it. */
  cut(reason: string): void {
    const { readyState, CLOSING, CLOSED, OPEN } = this.#webSocket;
    // Whatever fails while the peer closes is a consequence; the peer's own reason comes with the end.
    if (readyState !== CLOSING && readyState !== CLOSED) this.#reason ??= reason;
    if (readyState === OPEN) this.#webSocket.close(1001, closeText(reason));
    this.#webSocket.terminate();
  }
}

function closeReason(code: number | undefined, text: Buffer | undefined): string {
  const said = text?.toString().replace(/[^\x20-\x7e]/g, "?");
  if (said) return `the peer says: ${said}`;
  return code === undefined || code === 1006 ? "the connection was lost" : `the peer closed it with code ${code}`;
}

/** A close frame takes 123 bytes of text. */
function closeText(reason: string): string {
  return reason.replace(/[^\x20-\x7e]/g, "?").slice(0, 123);
}

/** The sleep was aborted because the link is over. */
function ignore(): void {}
