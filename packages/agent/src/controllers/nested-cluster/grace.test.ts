import { describe, expect, it } from "vitest";
import { graceLeft, graceMs } from "./grace.ts";

const since = "2026-01-01T00:00:00Z";
const start = Date.parse(since);

describe("the grace of a start", () => {
  it.each([
    ["is whole at the beginning", since, start, graceMs],
    ["shrinks with time", since, start + 5000, graceMs - 5000],
    ["ends", since, start + graceMs, 0],
    ["stays ended", since, start + 3_600_000, 0],
    ["is not longer for a clock that is a little behind", since, start - 1000, graceMs],
    ["is none for a clock that is far behind, which would be silent for as long", since, start - 3_600_000, 0],
    ["is none when nobody knows the beginning", undefined, start, 0],
    ["is none for what is no time", "yesterday", start, 0],
  ])("%s", (_title, from, now, left) => {
    expect(graceLeft(from, now)).toBe(left);
  });
});
