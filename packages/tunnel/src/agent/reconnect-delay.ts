const firstMs = 250;
const longestMs = 5_000;
const refusedMs = 30_000;
const longestSearchMs = 60_000;

/** A tunnel that lasted this long was a good one; of one that breaks sooner the next attempt waits longer, lest two agents with one credential drive each other out in a circle. */
export const stableAfterMs = 10_000;

/** The pause after so many failures in a row, at least 1: doubling from 250 ms to 5 s, less up to half so that the agents of a hub that returns do not all come at once. */
export function reconnectDelay(failures: number, random: () => number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return full * (1 - random() / 2);
}

/** The pause after a refusal, which only a person can mend: 22.5 to 30 s. */
export function refusedDelay(random: () => number): number {
  return refusedMs * (1 - random() / 4);
}

/**
 * The pause before the dial of this number, from 1 on, for a replica of the hub that has no tunnel yet. Growing by half from
 * 250 ms, for chance soon leads to it; up to a minute, for a balancer may always lead to the same. Less up to half.
 */
export function searchDelay(dial: number, random: () => number): number {
  const full = Math.min(longestSearchMs, firstMs * 1.5 ** Math.min(dial - 1, 30));
  return full * (1 - random() / 2);
}
