import { describe, expect, it } from "vitest";
import { appliedHash, contentHash, withAppliedHash } from "./applied-hash.ts";
import { anObject } from "./testing/fixtures.ts";

describe("the applied hash", () => {
  it("does not depend on the order of keys, nor on undefined members", () => {
    expect(contentHash({ a: 1, b: { c: 2, d: [1, 2] } })).toBe(
      contentHash({ b: { d: [1, 2], c: 2 }, a: 1, e: undefined }),
    );
  });

  it("depends on the order of lists", () => {
    expect(contentHash([1, 2])).not.toBe(contentHash([2, 1]));
  });

  it("is written into the object that it is the hash of", () => {
    const wanted = anObject("web", {}, { data: { key: "value" } });
    expect(appliedHash(withAppliedHash(wanted))).toBe(contentHash(wanted));
  });

  it("is empty for an object that was never applied", () => {
    expect(appliedHash(anObject("web"))).toBe("");
  });
});
