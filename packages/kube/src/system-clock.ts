import type { Clock } from "./types.ts";

/** The largest delay that the platform's timers take; longer ones would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's clock. `sleep` rejects with the signal's reason and leaves no timer behind. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        Math.min(Math.max(ms, 0), longestTimerMs),
      );
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};
