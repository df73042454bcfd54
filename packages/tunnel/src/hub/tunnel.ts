import type { Duplex, Readable } from "node:stream";
import type { HeaderFields, ReceivedHeaders } from "../wire/header-fields.ts";

export interface TunnelRequest {
  method: string;
  /** Path with query, beginning with "/". */
  path: string;
  /** Headers that belong to one connection (`connection`, `host`, `transfer-encoding`, `te`, `upgrade`, `proxy-*`, …) are left out. */
  headers?: HeaderFields;
  /** A stream is read as fast as the agent takes it, and destroyed when an exchange that has begun ends; a request that is turned away at once leaves it alone. */
  body?: Readable | Buffer | string | AsyncIterable<Uint8Array>;
  /** Cancels the exchange at any time: the promise rejects, or the body of the answer fails, with the signal's reason. */
  signal?: AbortSignal;
}

export interface TunnelResponse {
  status: number;
  headers: ReceivedHeaders;
  /**
   * Read it or destroy it: an unread body of more than a window keeps its place in the tunnel. It fails with a
   * TunnelError, or the signal's reason, when it is cut short.
   */
  body: Readable;
}

export interface TunnelUpgrade {
  /** What the `Upgrade` header said: `websocket`, `SPDY/3.1`. */
  protocol: string;
  /** The method of the request that asked. Default GET. */
  method?: string;
  path: string;
  /** `Sec-WebSocket-*` headers are passed on. */
  headers?: HeaderFields;
  /** Cancels it at any time; an open socket is destroyed. */
  signal?: AbortSignal;
}

export interface TunnelUpgradeResponse {
  /** 101 when the protocol was switched, else what the server answered. */
  status: number;
  /** Without `connection` and `upgrade`, which whoever answers the user sets again. */
  headers: ReceivedHeaders;
  /** Present with status 101: the raw connection, with half-close. It is destroyed with an error when it breaks. */
  socket?: Duplex;
  /** Present with any other status: the beginning of the answer's body, 64 KiB at most. */
  body?: string;
}

/** A connection to an agent, on which any number of exchanges go on side by side. Failures are TunnelErrors or the reason of a signal. */
export interface Tunnel {
  /**
   * Resolves with the agent's answer, whatever its status. Rejects with TunnelClosedError at once when the tunnel is gone
   * or as soon as it goes, with TunnelBusyError when it carries all it takes, with TunnelMessageError when this cannot be
   * sent, with TunnelStreamError when the agent breaks this exchange off. It waits for an answer as long as the tunnel
   * lives: pass a signal to limit that.
   */
  request(request: TunnelRequest): Promise<TunnelResponse>;
  /** Asks to switch protocols. A refusal is an answer, not an error; otherwise as {@link request}. */
  upgrade(upgrade: TunnelUpgrade): Promise<TunnelUpgradeResponse>;
  /** Resolves when the connection is gone. Never rejects. */
  readonly closed: Promise<void>;
  /** Ends it now; everything under way fails with TunnelClosedError. The reason goes to the agent's log when the network still takes it. */
  close(reason?: string): void;
  /** How many exchanges are under way; one ends when the bodies of both directions have been transferred or it is broken off. */
  readonly openStreams: number;
}
