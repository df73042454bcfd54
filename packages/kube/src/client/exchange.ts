import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { JsonLineDecoder } from "./json-lines.ts";

/** One request, ready to be sent. A timeout of 0 means none. */
export interface Exchange {
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  headersTimeoutMs: number;
  bodyTimeoutMs: number;
  body?: string | Buffer;
  signal?: AbortSignal;
}

/** A whole answer. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

type Controller = Dispatcher.DispatchController;

/** What one kind of answer does with its parts; `failed` comes at most once, and nothing after it or after `ended`. */
interface Receiver {
  started(status: number, headers: Record<string, string>, controller: Controller): void;
  data(chunk: Buffer, controller: Controller): void;
  ended(): void;
  failed(error: unknown): void;
}

/** How many decoded documents may wait for their reader before the connection is told to pause. */
const waitingDocumentsLimit = 1_000;

function flatHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

/**
 * Sends and feeds the receiver; returns a function that gives up. Handlers are called by the connection itself, without a
 * stream object in between: an idle watch then costs little more than its socket.
 */
function dispatch(dispatcher: Dispatcher, exchange: Exchange, receiver: Receiver): (reason: unknown) => void {
  const { signal } = exchange;
  let controller: Controller | undefined;
  let over = false;
  const finish = () => {
    over = true;
    signal?.removeEventListener("abort", onAbort);
  };
  const giveUp = (reason: unknown) => {
    if (over) return;
    finish();
    const error = reason instanceof Error ? reason : new Error(String(reason));
    controller?.abort(error);
    receiver.failed(error);
  };
  const onAbort = () => giveUp(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      // Given up while it waited for a free connection: it must not be sent any more.
      if (over) started.abort(new Error("aborted"));
    },
    onResponseStart(started, status, headers) {
      if (!over && status >= 200) receiver.started(status, flatHeaders(headers), started);
    },
    onResponseData(started, chunk) {
      if (!over) receiver.data(chunk, started);
    },
    onResponseEnd() {
      if (over) return;
      finish();
      receiver.ended();
    },
    onResponseError(_, error) {
      if (over) return;
      finish();
      receiver.failed(error);
    },
  };
  if (signal?.aborted) {
    queueMicrotask(onAbort);
    return giveUp;
  }
  const { method, path, headers, body, headersTimeoutMs, bodyTimeoutMs } = exchange;
  const options = { method: method as Dispatcher.HttpMethod, path, headers, body: body ?? null };
  dispatcher.dispatch({ ...options, headersTimeout: headersTimeoutMs, bodyTimeout: bodyTimeoutMs }, handler);
  return giveUp;
}

/** Sends and collects the whole answer. */
export function readWhole(dispatcher: Dispatcher, exchange: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let headers: Record<string, string> = {};
    dispatch(dispatcher, exchange, {
      started(answered, received) {
        status = answered;
        headers = received;
      },
      data: (chunk) => void chunks.push(chunk),
      ended: () => resolve({ status, headers, text: Buffer.concat(chunks).toString("utf8") }),
      failed: reject,
    });
  });
}

/** Sends and hands the body over as it comes. */
export function readStream(
  dispatcher: Dispatcher,
  exchange: Exchange,
): Promise<Omit<Answer, "text"> & { body: Readable }> {
  return new Promise((resolve, reject) => {
    let controller: Controller | undefined;
    const body = new Readable({
      read: () => controller?.resume(),
      destroy(error, callback) {
        giveUp(error ?? new Error("The reader stopped"));
        callback(error);
      },
    });
    const giveUp = dispatch(dispatcher, exchange, {
      started(status, headers, started) {
        controller = started;
        resolve({ status, headers, body });
      },
      data(chunk, started) {
        if (!body.push(chunk)) started.pause();
      },
      ended: () => void body.push(null),
      failed(error) {
        reject(error);
        if (controller && !body.destroyed) body.destroy(error as Error);
      },
    });
  });
}

/**
 * Sends and yields each JSON document of a 200 answer as it comes; stopping the iteration closes the connection.
 * Returns the answer when it was not 200.
 */
export async function* readLines(
  dispatcher: Dispatcher,
  exchange: Exchange,
  onAnswer: (status: number) => void,
): AsyncGenerator<unknown, Answer | undefined> {
  const inbox = new LineInbox(onAnswer);
  const giveUp = dispatch(dispatcher, exchange, inbox);
  try {
    while (true) {
      const next = await inbox.next();
      if (next === undefined) return inbox.refusal();
      yield next.document;
    }
  } finally {
    giveUp(new Error("The reader stopped"));
  }
}

/** Documents decoded and not yet read. */
class LineInbox implements Receiver {
  readonly #decoder = new JsonLineDecoder();
  readonly #onAnswer: (status: number) => void;
  #documents: unknown[] = [];
  #read = 0;
  #refused: { status: number; headers: Record<string, string>; chunks: Buffer[] } | undefined;
  #paused: Controller | undefined;
  #done = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  constructor(onAnswer: (status: number) => void) {
    this.#onAnswer = onAnswer;
  }

  started(status: number, headers: Record<string, string>): void {
    if (status !== 200) this.#refused = { status, headers, chunks: [] };
    this.#onAnswer(status);
  }

  data(chunk: Buffer, controller: Controller): void {
    if (this.#refused) {
      this.#refused.chunks.push(chunk);
      return;
    }
    try {
      for (const document of this.#decoder.push(chunk)) this.#documents.push(document);
    } catch (error) {
      this.#error = error;
      this.#done = true;
    }
    if (this.#documents.length - this.#read > waitingDocumentsLimit && !this.#paused) {
      this.#paused = controller;
      controller.pause();
    }
    this.#wakeReader();
  }

  ended(): void {
    this.#done = true;
    this.#wakeReader();
  }

  failed(error: unknown): void {
    if (!this.#done) this.#error = error;
    this.#done = true;
    this.#wakeReader();
  }

  refusal(): Answer | undefined {
    if (!this.#refused) return undefined;
    const { status, headers, chunks } = this.#refused;
    return { status, headers, text: Buffer.concat(chunks).toString("utf8") };
  }

  async next(): Promise<{ document: unknown } | undefined> {
    while (true) {
      if (this.#read < this.#documents.length) return { document: this.#documents[this.#read++] };
      this.#documents = [];
      this.#read = 0;
      this.#paused?.resume();
      this.#paused = undefined;
      if (this.#error !== undefined) throw this.#error;
      if (this.#done) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
