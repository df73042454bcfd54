import { Readable } from "node:stream";
import type { Clock } from "@inkube/kube";

/** What the audit log takes from an answer. */
export interface AnswerFacts {
  /** Why it was refused. */
  message?: string;
  /** Of the object, when the request did not name it. */
  name?: string;
  uid?: string;
}

/** Reads an answer of the hub's own or of a Kubernetes API; nothing from any other text. Pure. */
export function answerFacts(text: string): AnswerFacts {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof answer !== "object" || answer === null) return {};
  const { error, kind, message, metadata } = answer as Record<string, unknown>;
  const { name, uid } = (metadata ?? {}) as Record<string, unknown>;
  const told = kind === "Status" ? message : (error as { message?: unknown } | undefined)?.message;
  return {
    ...(typeof told === "string" && { message: told }),
    ...(typeof name === "string" && name !== "" && { name }),
    ...(typeof uid === "string" && { uid }),
  };
}

const waitMs = 2_000;
const mostBytes = 64 * 1024;

/**
 * The text of a short stream, and the whole stream again. One that is long or slow is passed on with only its beginning read:
 * nobody's answer may wait for what the log would like to know.
 */
export async function peek(stream: Readable, clock: Clock): Promise<{ text: string; stream: Readable }> {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const read: Uint8Array[] = [];
  const waiting = new AbortController();
  const patience = clock.sleep(waitMs, waiting.signal).catch(() => undefined);
  let next = pieces.next();
  for (let length = 0; length < mostBytes; ) {
    // A stream that breaks is told to whoever reads it.
    const piece = await Promise.race([next, patience]).catch(() => undefined);
    if (!piece || piece.done) break;
    read.push(piece.value);
    length += piece.value.length;
    next = pieces.next();
    next.catch(() => undefined);
  }
  waiting.abort();
  return { text: Buffer.concat(read).toString(), stream: Readable.from(again(read, next, pieces)) };
}

async function* again(
  read: readonly Uint8Array[],
  next: Promise<IteratorResult<Uint8Array>>,
  rest: AsyncIterator<Uint8Array>,
) {
  try {
    yield* read;
    for (let piece = await next; !piece.done; piece = await rest.next()) yield piece.value;
  } finally {
    await rest.return?.();
  }
}
