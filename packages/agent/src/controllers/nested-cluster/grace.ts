/** So long a start may take before anybody is told to look for a cause. */
export const graceMs = 15_000;

/**
 * Milliseconds for which what began at `since` (RFC 3339) may still be on its way; 0 when that time is over or nobody knows when
 * it began. A beginning far in the future says that two clocks differ, which must not silence anything.
 */
export function graceLeft(since: string | undefined, now: number): number {
  const age = now - Date.parse(since ?? "");
  if (Number.isNaN(age) || age < -graceMs) return 0;
  return Math.min(Math.max(graceMs - age, 0), graceMs);
}
