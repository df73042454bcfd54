import { type ClientHttp2Stream, constants } from "node:http2";
import type { Duplex, Readable } from "node:stream";
import { TunnelBusyError, TunnelMessageError, TunnelStreamError } from "../tunnel-errors.ts";
import { fromWire, type ReceivedHeaders, rawValue } from "../wire/header-fields.ts";
import { isFinalStatus } from "../wire/request-line.ts";
import { breakOff } from "../wire/stream-end.ts";

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_REFUSED_STREAM } = constants;

/** The beginning of an answer, with what carries the rest. */
export interface Answered<C extends Readable | Duplex> {
  status: number;
  headers: ReceivedHeaders;
  carrier: C;
}

export interface ExchangeOptions<C> {
  /** Why the tunnel is over, if it is. */
  lost: () => Error | undefined;
  /** Makes what carries the answer, in the turn in which the answer comes. `broken` is its error if it is cut short. */
  carry: (status: number, broken: () => Error) => C;
}

/** One stream of the hub from its request to its end. The first failure decides what everybody concerned is told. */
export class Exchange<C extends Readable | Duplex> {
  /** Resolves with the answer. Rejects with the failure; nobody has to listen. */
  readonly answered: Promise<Answered<C>>;
  readonly #stream: ClientHttp2Stream;
  readonly #lost: () => Error | undefined;
  readonly #reject: (error: unknown) => void;
  #failure: { error: unknown } | undefined;
  #carrier: C | undefined;

  constructor(stream: ClientHttp2Stream, { lost, carry }: ExchangeOptions<C>) {
    const { promise, resolve, reject } = Promise.withResolvers<Answered<C>>();
    promise.catch(() => {});
    this.answered = promise;
    this.#stream = stream;
    this.#lost = lost;
    this.#reject = reject;
    stream.once("response", (_headers, _flags, raw) => {
      if (this.#failure) return;
      const status = Number(rawValue(raw, ":status"));
      if (!isFinalStatus(status)) {
        this.fail(new TunnelStreamError(`The agent answered with status ${status}`));
        return;
      }
      this.#carrier = carry(status, () => this.#broken());
      resolve({ status, headers: fromWire(raw), carrier: this.#carrier });
    });
    // An error of the stream is followed by its close, where it is told by its code.
    stream.on("error", () => {});
    stream.on("frameError", () => this.fail(new TunnelMessageError("The headers are too large to be sent")));
    stream.once("close", () => reject(this.#broken()));
  }

  /** Cancels the stream and tells everybody why. Later failures change nothing. */
  fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = { error };
    this.#reject(error);
    this.#carrier?.destroy(asError(error));
    breakOff(this.#stream);
  }

  #broken(): Error {
    // When a connection is lost its streams end before it does.
    this.#failure ??= { error: this.#lost() ?? errorOfCode(this.#stream.rstCode) };
    return asError(this.#failure.error);
  }
}

function errorOfCode(code: number): Error {
  if (code === NGHTTP2_REFUSED_STREAM || code === NGHTTP2_ENHANCE_YOUR_CALM) return new TunnelBusyError();
  return new TunnelStreamError(`The agent broke the exchange off (HTTP/2 code ${code})`);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("The exchange was cancelled", { cause: reason });
}
