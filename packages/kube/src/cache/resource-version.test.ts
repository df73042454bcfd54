import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isHeld } from "./resource-version.ts";

describe("A resource version", () => {
  it("is held when it is no greater, however many digits there are", () => {
    const version = fc.bigInt({ min: 0n, max: 10n ** 40n });
    fc.assert(fc.property(version, version, (left, right) => isHeld(`${left}`, `${right}`) === left <= right));
  });

  it.each([
    ["9", "10", true],
    ["10", "9", false],
    ["10", "10", true],
    ["9", "abc", false],
    ["abc", "9", false],
    ["abc", "abc", true],
    ["09", "10", false],
    ["1e3", "2000", false],
    ["-1", "0", false],
  ])("%s against %s: %s", (version, held, expected) => {
    expect(isHeld(version, held)).toBe(expected);
  });
});
