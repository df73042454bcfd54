/** The value below which `share` (0 to 1) of the samples lie; nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
  if (value === undefined) throw new Error("no samples");
  return value;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

/** One line of the report: a measured value as a ratio to its reference of the same run. */
export interface Result {
  what: string;
  measured: number;
  reference: number;
  unit: string;
  /** Upper limit that we set ourselves for the ratio; for `absolute` results, for the measured value. Absent: there is none. */
  target?: number;
  absolute?: boolean;
}

/** `create to Ready   1.71 (target ≤ 2.0, met): 4100 ms to 2400 ms`. */
export function formatResult({ what, measured, reference, unit, target, absolute }: Result): string {
  const value = absolute ? measured : measured / reference;
  const verdict = target === undefined ? "no target" : `target ≤ ${target}, ${value <= target ? "met" : "MISSED"}`;
  const figures = absolute
    ? `reference ${reference.toFixed(1)} ${unit}`
    : `${measured.toFixed(1)} to ${reference.toFixed(1)} ${unit}`;
  return `${what.padEnd(78)} ${value.toFixed(2).padStart(6)} (${verdict}): ${figures}`;
}
