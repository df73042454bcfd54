import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatQuantity, parseQuantity, parseQuantityNano } from "./quantity.ts";

describe("Quantities", () => {
  it.each([
    ["250m", 0.25],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["1e3", 1000],
    ["1E", 1e18],
    ["12E2", 1200],
    ["0.5", 0.5],
    ["-2k", -2000],
    ["100n", 1e-7],
    [".5Ki", 512],
    ["3", 3],
  ])("reads %s as %d", (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });

  it.each(["", "m", "1 Gi", "1GiB", "1ki", "0x10", "1e", "NaN", "--1"])("refuses %j", (text) => {
    expect(() => parseQuantity(text)).toThrow(RangeError);
  });

  it("keeps every digit of large sums", () => {
    expect(parseQuantityNano("9007199254740993") / 1_000_000_000n).toBe(9007199254740993n);
  });

  it("rounds what is finer than a billionth away from zero", () => {
    expect(parseQuantityNano("0.0000000001")).toBe(1n);
    expect(parseQuantityNano("-0.0000000001")).toBe(-1n);
  });

  it.each([
    [0, "0"],
    [0.25, "250m"],
    [1, "1"],
    [1500, "1500"],
    [2000, "2k"],
    [0.1 + 0.2, "300m"],
  ])("writes %d as %s", (value, text) => {
    expect(formatQuantity(value)).toBe(text);
  });

  it.each([
    [2 ** 30, "1Gi"],
    [1536 * 2 ** 20, "1536Mi"],
    [1000, "1000"],
    [0, "0"],
  ])("writes %d bytes as %s", (value, text) => {
    expect(formatQuantity(value, "binary")).toBe(text);
  });

  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.constantFrom<"decimal" | "binary">("decimal", "binary"),
        (value, form) => {
          expect(parseQuantity(formatQuantity(value, form))).toBe(value);
          expect(parseQuantity(formatQuantity(value / 1000))).toBeCloseTo(value / 1000, 6);
        },
      ),
    );
  });
});
