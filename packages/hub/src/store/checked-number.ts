import { AppError } from "@inkube/api";

/** The last time that ids can begin with; in the year 10889. */
const maxTime = 2 ** 48 - 1;

/** A time in milliseconds since 1970. Throws USAGE for what is none, or is beyond the year 10,000. */
export function checkedTime(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0 || value > maxTime) throw refused(value, "time");
  return value;
}

/** A count or status for a whole-number column. Throws USAGE for what is none, is negative or would lose digits. */
export function checkedInteger(value: number, what: string): number {
  if (!Number.isSafeInteger(value) || value < 0) throw refused(value, what);
  return value;
}

/** An amount that may have a fraction. Throws USAGE for what is not finite or negative: it would spoil its sum for ever. */
export function checkedAmount(value: number, what: string): number {
  if (!Number.isFinite(value) || value < 0) throw refused(value, what);
  return value;
}

/** How many rows are asked for. Throws USAGE unless it is a whole number from 1 to `max`. */
export function checkedLimit(value: number, max: number): number {
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new AppError("USAGE", `The limit must be a whole number from 1 to ${max}, not ${value}.`);
  return value;
}

function refused(value: number, what: string): AppError {
  return new AppError("USAGE", `The ${what} cannot be kept: ${value} is not a number that the history takes.`);
}
