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

/**
 * The first piece of a stream and the whole stream again. One that says nothing for two seconds is passed on as it is: nobody's
 * answer may wait for what the log would like to know.
 */
export async function peek(stream: Readable, clock: Clock): Promise<{ text: string; stream: Readable }> {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const first = pieces.next();
  const waiting = new AbortController();
  const silence = clock.sleep(waitMs, waiting.signal).catch(() => undefined);
  const seen = await Promise.race([first, silence]).catch(() => undefined);
  waiting.abort();
  return { text: seen?.done ? "" : Buffer.from(seen?.value ?? []).toString(), stream: Readable.from(again(first, pieces)) };
}

async function* again(first: Promise<IteratorResult<Uint8Array>>, rest: AsyncIterator<Uint8Array>) {
  try {
    for (let piece = await first; !piece.done; piece = await rest.next()) yield piece.value;
  } finally {
    await rest.return?.();
  }
}
