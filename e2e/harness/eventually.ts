import { setTimeout as sleep } from "node:timers/promises";
import { patienceMs } from "./patience.ts";

/**
 * Repeats `attempt` until it stops throwing, and gives its result; after `timeoutMs` throws its last error.
 * The limit only bounds the test; nothing is asserted about how long it took.
 */
export async function eventually<T>(attempt: () => Promise<T>, timeoutMs = patienceMs, everyMs = 500): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(everyMs);
  }
}
