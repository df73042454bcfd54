import { constants, type Http2Stream } from "node:http2";
import { Duplex, Readable } from "node:stream";
import { breakOff, endedWell } from "./stream-end.ts";

const { NGHTTP2_NO_ERROR } = constants;
/** How much is taken from a stream before its reader asks for it. */
const highWaterMark = 64 * 1024;

export interface BodyOptions {
  /** The error of a body that breaks off. */
  broken: () => Error;
  /** Runs when the reader destroys the body before its end. */
  abandoned: () => void;
}

/**
 * What arrives on a stream, at the speed at which it is read. Unlike the stream of Node it fails whenever it is cut short,
 * also by a cancellation, and an error that nobody listens to does not end the process.
 */
export class StreamBody extends Readable {
  readonly #stream: Http2Stream;
  readonly #options: BodyOptions;
  readonly #whole: () => boolean;

  constructor(stream: Http2Stream, options: BodyOptions) {
    super({ highWaterMark });
    this.#stream = stream;
    this.#options = options;
    this.#whole = feed(stream, this, options.broken);
    this.on("error", ignore);
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#whole()) this.#options.abandoned();
    callback(error);
  }
}

/** Both directions of a stream as one raw connection with half-close. Destroyed before both ends, it cancels the stream. */
export class StreamSocket extends Duplex {
  readonly #stream: Http2Stream;
  readonly #whole: () => boolean;

  constructor(stream: Http2Stream, broken: () => Error) {
    super({ highWaterMark });
    this.#stream = stream;
    this.#whole = feed(stream, this, broken);
    stream.once("close", () => {
      if (!endedWell(stream) || !this.writableEnded) this.destroy(broken());
    });
    this.on("error", ignore);
  }

  override _read(): void {
    this.#stream.resume();
  }

  // A write that fails says only that the stream is breaking; why is known when it closes, which ends this socket too.
  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#stream.write(chunk, (error) => {
      if (!error) callback();
    });
  }

  override _final(callback: () => void): void {
    const stream = this.#stream;
    stream.end((error?: Error | null) => {
      if (!error || (stream.closed && endedWell(stream))) callback();
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#whole() || !this.writableFinished) breakOff(this.#stream);
    callback(error);
  }
}

/** Begins at once, so that a short body that nobody reads does not keep its stream open. Returns whether the end has come. */
function feed(stream: Http2Stream, sink: Readable, broken: () => Error): () => boolean {
  let whole = false;
  stream.on("data", (chunk: Buffer) => {
    if (!sink.push(chunk)) stream.pause();
  });
  stream.once("end", () => {
    if (stream.rstCode !== NGHTTP2_NO_ERROR) return;
    whole = true;
    sink.push(null);
  });
  stream.once("close", () => {
    if (!whole) sink.destroy(broken());
  });
  return () => whole;
}

function ignore(): void {}
