import type { ServerResponse } from "node:http";
import type { Clock } from "@inkube/kube";

/** Writes Server-Sent Events to one reader, never more than he takes. */
export interface EventOutput {
  /** Resolves when the reader takes more; at once when he does. */
  ready(): Promise<void>;
  /** `data` is one line. Only after `ready`. */
  event(name: string, data: string): void;
  /** Shows that the connection lives; a reader who has taken nothing for too long is cut off. */
  beat(): void;
  /** Cuts the reader off: what is still on its way is not for him any more. */
  cut(): void;
  /** Aborted when the connection is at its end, for whatever reason. */
  readonly closed: AbortSignal;
}

/** Whoever takes nothing for so long is cut off, milliseconds. */
export const slowAfterMs = 30_000;

/** Writes to an answer whose head was sent. */
export function createEventOutput(answer: ServerResponse, clock: Clock): EventOutput {
  const closing = new AbortController();
  let full: { since: number; taken: PromiseWithResolvers<void> } | undefined;
  const free = (): void => {
    full?.taken.resolve();
    full = undefined;
  };
  answer.on("drain", free);
  answer.on("error", () => undefined);
  answer.on("close", () => {
    closing.abort();
    free();
  });
  if (answer.destroyed) closing.abort();
  const write = (text: string): void => {
    if (closing.signal.aborted || answer.write(text)) return;
    full ??= { since: clock.now(), taken: Promise.withResolvers() };
  };
  return {
    ready: async () => full?.taken.promise,
    event: (name, data) => write(`event: ${name}\ndata: ${data}\n\n`),
    beat() {
      if (!full) write(": beat\n\n");
      else if (clock.now() - full.since >= slowAfterMs) answer.destroy();
    },
    cut: () => void answer.destroy(),
    closed: closing.signal,
  };
}
