import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { covers, project } from "./drift.ts";

describe("drift", () => {
  it.each([
    ["fields that the host added", { a: 1 }, { a: 1, b: 2 }],
    [
      "an injected container",
      { containers: [{ name: "main", image: "x" }] },
      { containers: [{ name: "proxy" }, { name: "main", image: "x" }] },
    ],
    ["an allocated port", { ports: [{ port: 80 }] }, { ports: [{ port: 80, nodePort: 30_000 }] }],
    ["an empty value that the wire leaves out", { a: "", b: [], c: {}, d: false, e: null }, {}],
    ["an empty object that defaults fill", { emptyDir: {} }, { emptyDir: { medium: "Memory" } }],
  ])("is not %s", (_what, wanted, live) => {
    expect(covers(wanted, live)).toBe(true);
  });

  it.each([
    ["a changed value", { a: 1 }, { a: 2 }],
    ["a missing field", { a: { b: 1 } }, { a: {} }],
    ["a missing entry", { list: ["x", "y"] }, { list: ["x"] }],
    ["an added plain entry", { args: ["x"] }, { args: ["x", "y"] }],
    ["a changed entry of a keyed list", { ports: [{ name: "a", port: 1 }] }, { ports: [{ name: "a", port: 2 }] }],
    ["a value where none is wanted", { enabled: false }, { enabled: true }],
  ])("is %s", (_what, wanted, live) => {
    expect(covers(wanted, live)).toBe(false);
  });

  it("is never seen between an object and itself, nor between it and a part of it", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (object, key) => {
        expect(covers(object, object)).toBe(true);
        const { [key]: _left, ...part } = object;
        expect(covers(part, object)).toBe(true);
      }),
    );
  });

  it("looks only at what is wanted", () => {
    const wanted = { spec: { a: 1, list: [{ name: "x", v: 1 }] } };
    const first = { spec: { a: 2, list: [{ name: "x", v: 3 }], other: 1 }, status: 1 };
    const second = { spec: { a: 2, list: [{ name: "y" }, { name: "x", v: 3 }], other: 2 }, status: 2 };
    expect(project(wanted, first)).toEqual(project(wanted, second));
  });
});
