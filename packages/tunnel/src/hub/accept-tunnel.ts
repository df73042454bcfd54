import http2, { type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import type { Duplex, Readable } from "node:stream";
import type { Clock, Logger } from "@inkube/kube";
import type { WebSocket } from "ws";
import { TunnelBusyError, TunnelClosedError, TunnelMessageError } from "../tunnel-errors.ts";
import { toWire, upgradeMethodHeader } from "../wire/header-fields.ts";
import { connectionWindow, defaultHubStreams, hubSession } from "../wire/limits.ts";
import { Link } from "../wire/link.ts";
import { checkMethod, checkPath, checkProtocol } from "../wire/request-line.ts";
import { StreamBody, StreamSocket } from "../wire/stream-body.ts";
import { breakOff } from "../wire/stream-end.ts";
import { Exchange } from "./exchange.ts";
import { readRefusal } from "./read-refusal.ts";
import { isEmpty, sendBody } from "./send-body.ts";
import type { Tunnel, TunnelRequest, TunnelResponse, TunnelUpgrade, TunnelUpgradeResponse } from "./tunnel.ts";

export interface AcceptTunnelOptions {
  clock: Clock;
  logger: Logger;
  /** Exchanges under way at once; further ones are turned away with TunnelBusyError. Default 1024. */
  maxStreams?: number;
}

/**
 * Makes a tunnel of a WebSocket that an agent has opened. Call it in the same turn in which the WebSocket is handed over
 * (in the callback of `handleUpgrade`): a message that comes before would be lost. The WebSocket belongs to the tunnel then.
 */
export function acceptTunnel(webSocket: WebSocket, options: AcceptTunnelOptions): Tunnel {
  return new HubTunnel(webSocket, options);
}

type AnyExchange = Exchange<Readable | Duplex>;

class HubTunnel implements Tunnel {
  readonly closed: Promise<void>;
  readonly #link: Link;
  readonly #session: ClientHttp2Session;
  readonly #maxStreams: number;
  readonly #exchanges = new Set<AnyExchange>();
  readonly #ready = Promise.withResolvers<void>();
  #over: TunnelClosedError | undefined;

  constructor(webSocket: WebSocket, { clock, logger, maxStreams = defaultHubStreams }: AcceptTunnelOptions) {
    this.#maxStreams = maxStreams;
    this.#link = new Link(webSocket, clock);
    const { duplex } = this.#link;
    // The authority is said in each request and means nothing: there is one agent at the other end.
    this.#session = http2.connect("http://agent", { ...hubSession, createConnection: () => duplex });
    // Before it is connected it has no window to set: https://github.com/nodejs/node/issues/38427
    // A peer that talks nonsense at once has ended it by then.
    this.#session.once("connect", (session) => {
      if (!session.destroyed) session.setLocalWindowSize(connectionWindow);
    });
    this.#ready.promise.catch(() => {});
    this.#link.attend(this.#session, () => this.#ready.resolve());
    this.closed = this.#link.closed.then((reason) => {
      this.#end(reason);
      logger.debug({ reason }, "Tunnel ended");
    });
  }

  get openStreams(): number {
    return this.#exchanges.size;
  }

  close(reason = "closed by the hub"): void {
    this.#link.cut(reason);
    this.#end(reason);
  }

  async request(request: TunnelRequest): Promise<TunnelResponse> {
    const { method, path, headers, body, signal } = request;
    checkMethod(method);
    checkPath(path);
    const wire = { ...toWire(headers), ":method": method, ":path": path };
    const stream = this.#open(wire, isEmpty(body), signal);
    const exchange = new Exchange(stream, {
      lost: () => this.#lost(),
      carry: (_status, broken) => new StreamBody(stream, { broken, abandoned: () => breakOff(stream) }),
    });
    this.#track(exchange, stream, signal);
    if (body !== undefined && !isEmpty(body)) sendBody(stream, body, (error) => exchange.fail(error));
    const { carrier, ...answer } = await exchange.answered;
    return { ...answer, body: carrier };
  }

  async upgrade(upgrade: TunnelUpgrade): Promise<TunnelUpgradeResponse> {
    const { protocol, method = "GET", path, headers, signal } = upgrade;
    checkMethod(method);
    checkPath(path);
    checkProtocol(protocol);
    // The length of a body has no meaning for a raw connection, and HTTP/2 would hold the connection to it.
    const fields = toWire(headers, "content-length");
    await this.#allowed(signal);
    const wire = {
      ...fields,
      [upgradeMethodHeader]: method,
      ":method": "CONNECT",
      ":protocol": protocol,
      ":path": path,
    };
    const stream = this.#open(wire, false, signal);
    const exchange = new Exchange<StreamBody | StreamSocket>(stream, {
      lost: () => this.#lost(),
      carry: (status, broken) => {
        if (status === 200) return new StreamSocket(stream, broken);
        return new StreamBody(stream, { broken, abandoned: () => breakOff(stream) });
      },
    });
    this.#track(exchange, stream, signal);
    const { carrier, ...answer } = await exchange.answered;
    if (carrier instanceof StreamSocket) return { ...answer, status: 101, socket: carrier };
    return { ...answer, body: await readRefusal(carrier) };
  }

  /** Extended CONNECT may be sent once the agent has said that it knows it. */
  async #allowed(signal: AbortSignal | undefined): Promise<void> {
    this.#check(signal);
    if (!signal) return this.#ready.promise;
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([this.#ready.promise, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #check(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    const lost = this.#lost();
    if (lost) throw lost;
    if (this.#exchanges.size >= this.#maxStreams) throw new TunnelBusyError(this.#maxStreams);
  }

  #open(
    headers: Record<string, string | string[]>,
    endStream: boolean,
    signal: AbortSignal | undefined,
  ): ClientHttp2Stream {
    this.#check(signal);
    try {
      return this.#session.request(headers, { endStream });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ERR_HTTP2_HEADER_SINGLE_VALUE") throw new TunnelMessageError(message);
      // Whatever else Node refuses, numbers of streams that are used up among it, a new connection is the cure.
      this.#link.cut(message);
      throw this.#end(message);
    }
  }

  #track(exchange: AnyExchange, stream: ClientHttp2Stream, signal: AbortSignal | undefined): void {
    this.#exchanges.add(exchange);
    const onAbort = () => exchange.fail(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    stream.once("close", () => {
      this.#exchanges.delete(exchange);
      signal?.removeEventListener("abort", onAbort);
    });
  }

  #lost(): TunnelClosedError | undefined {
    const reason = this.#link.reason ?? (this.#session.destroyed ? "HTTP/2 has ended" : undefined);
    return this.#over ?? (reason === undefined ? undefined : new TunnelClosedError(reason));
  }

  /** Fails everything under way, once. */
  #end(reason: string): TunnelClosedError {
    if (this.#over) return this.#over;
    this.#over = new TunnelClosedError(reason);
    this.#ready.reject(this.#over);
    for (const exchange of this.#exchanges) exchange.fail(this.#over);
    return this.#over;
  }
}
