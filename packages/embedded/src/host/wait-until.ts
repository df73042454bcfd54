import { setTimeout as sleep } from "node:timers/promises";
import { HostError } from "../host-error.ts";

export interface WaitOptions {
  timeoutMs: number;
  /** Default 100 ms. */
  intervalMs?: number;
  /** Says, when the time is up, what is missing and where to look. */
  explain: () => string;
  signal?: AbortSignal;
}

/** Asks again and again until the answer is true. Fails with HostError `notReady` or `aborted`. */
export async function waitUntil(condition: () => Promise<boolean> | boolean, options: WaitOptions): Promise<void> {
  const deadline = performance.now() + options.timeoutMs;
  while (!(await condition())) {
    if (options.signal?.aborted) throw new HostError("aborted", "Waiting was interrupted");
    if (performance.now() > deadline) throw new HostError("notReady", options.explain());
    await sleep(options.intervalMs ?? 100);
  }
}
