import { randomBytes } from "node:crypto";

const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const timeLength = 10;
const orderLength = 5;
const randomLength = 11;
const orders = 32 ** orderLength;

/**
 * Makes ids of 26 characters whose byte order is the order of their times and, within a millisecond, of their making
 * by this process. 55 random bits keep those of other processes apart.
 */
export function sortableIds(): (time: number) => string {
  let order = 0;
  return (time) => {
    order = (order + 1) % orders;
    return firstIdAt(time) + base32(order, orderLength) + randomDigits();
  };
}

/** Less than every id of this time and later, more than every id of an earlier one. */
export function firstIdAt(time: number): string {
  return base32(time, timeLength);
}

function base32(value: number, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) text = digits.charAt(rest % 32) + text;
  return text;
}

function randomDigits(): string {
  return Array.from(randomBytes(randomLength), (byte) => digits.charAt(byte % 32)).join("");
}
