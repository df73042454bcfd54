import type { Progress } from "../host-error.ts";

const everyMs = 10_000;

/** Says every ten seconds, until the work ends, how long it has taken. */
export async function reportWhile<T>(
  progress: Progress,
  line: (elapsed: string) => string,
  work: () => Promise<T>,
): Promise<T> {
  const elapsed = stopwatch();
  const timer = setInterval(() => progress(line(elapsed())), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Says how long ago it was made, in words. */
export function stopwatch(): () => string {
  const started = performance.now();
  return () => `${Math.round((performance.now() - started) / 1000)} s`;
}
