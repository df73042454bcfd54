import { AppError } from "@inkube/api";

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `90s`, `5m`, `1h30m`, `2d` or plain seconds. Throws AppError USAGE. */
export function parseDuration(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * units.s;
  if (!/^(\d+[smhd])+$/.test(text)) {
    throw new AppError("USAGE", `"${text}" is not a duration`, { todo: "Write it like 90s, 5m or 1h30m." });
  }
  const parts = text.matchAll(/(\d+)([smhd])/g);
  return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0);
}

/** A duration in the two units that matter, as kubectl shows ages: `45s`, `3m20s`, `5h12m`, `12d`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return withRest(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return withRest(hours, "h", minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  return `${Math.floor(hours / 24)}d`;
}

/** How long ago an RFC 3339 time was; `-` when there is none. */
export function ageOf(time: string | undefined, now: number): string {
  return time === undefined ? "-" : formatDuration(now - Date.parse(time));
}

function withRest(count: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${count}${unit}` : `${count}${unit}${rest}${restUnit}`;
}
