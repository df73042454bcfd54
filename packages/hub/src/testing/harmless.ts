import { expect } from "vitest";

/** Parts of our programs' insides: frames of a stack, files, words of the runtime. */
const insides =
  /\bat [\w.<>[\] ]+ \(|\bat (?:async )?file:|node:internal|node_modules|\.[cm]?[jt]s:\d+|\/(?:root|home|work|tmp|var|usr)\/|Maximum call stack|Cannot read propert|is not a function|SQLITE_|ENOENT|ECONNREFUSED/;

/** Fails unless an answer is one that a hostile caller may get: no fault of ours, nothing of our insides, none of these secrets. */
export function expectHarmless(
  { statusCode, body }: { statusCode: number; body: string },
  secrets: readonly string[],
  what: string,
): void {
  expect(statusCode, `${what} got ${statusCode}: ${body.slice(0, 400)}`).toBeLessThan(500);
  expect(statusCode, what).toBeGreaterThanOrEqual(200);
  for (const secret of secrets) expect(body.includes(secret), `${what} got a secret`).toBe(false);
  expect(insides.exec(body)?.[0], `${what} got ${body.slice(0, 400)}`).toBeUndefined();
}
