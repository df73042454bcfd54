import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { says } from "./subset.ts";

describe("says", () => {
  it.each([
    ["members that a server filled in", { a: 1, filled: true }, { a: 1 }, true],
    ["another value", { a: 2 }, { a: 1 }, false],
    ["a missing member", {}, { a: 1 }, false],
    ["a list that somebody made longer", { list: [1, 2] }, { list: [1] }, false],
    ["list members with defaults", { list: [{ port: 1, protocol: "TCP" }] }, { list: [{ port: 1 }] }, true],
    ["another order", { list: [1, 2] }, { list: [2, 1] }, false],
    ["a quantity written differently", { cpu: "1" }, { cpu: "1000m" }, true],
    ["another quantity", { cpu: "2" }, { cpu: "1000m" }, false],
    ["an empty object that a server left out", {}, { empty: {} }, true],
    ["null instead of an object", { a: null }, { a: { b: 1 } }, false],
  ])("judges %s", (_title, live, wanted, expected) => {
    expect(says(live, wanted)).toBe(expected);
  });

  it("holds between anything and itself", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => says(value, structuredClone(value))));
  });
});
