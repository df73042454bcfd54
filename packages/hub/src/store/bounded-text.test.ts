import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundedOrNull, boundedText } from "./bounded-text.ts";

describe("bounded text", () => {
  it.each([
    ["leaves what fits", "ä🦑", 6, "ä🦑"],
    ["ends what is cut in an ellipsis", "abcdefgh", 7, "abcd…"],
    ["cuts between characters, not within", "🦑🦑🦑", 11, "🦑🦑…"],
    ["replaces what PostgreSQL refuses", "a\0b", 9, "a\ufffdb"],
    ["replaces halves of characters", "a\ud800", 9, "a\ufffd"],
  ])("%s", (_, text, max, expected) => {
    expect(boundedText(text, max)).toBe(expected);
  });

  it("is never longer than its bound, well formed, and the same when bounded again", () => {
    const text = fc.string({ unit: "binary", maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 3, max: 80 }), (given, max) => {
        const kept = boundedText(given, max);
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(max);
        expect(kept.isWellFormed()).toBe(true);
        expect(kept).not.toContain("\0");
        expect(boundedText(kept, max)).toBe(kept);
      }),
    );
  });

  it("is null for what is absent only", () => {
    expect([boundedOrNull(undefined, 9), boundedOrNull("", 9)]).toEqual([null, ""]);
  });
});
