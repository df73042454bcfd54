const firstDelayMs = 100;

/** The pause before attempt `failures` + 1: doubling from 100 ms, at most `maxMs`, less up to a quarter so that many do not come together. */
export function retryDelay(failures: number, maxMs: number, random: () => number): number {
  const full = Math.min(maxMs, firstDelayMs * 2 ** Math.min(failures - 1, 30));
  return full * (1 - random() / 4);
}
