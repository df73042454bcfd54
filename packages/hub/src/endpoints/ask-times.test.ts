import { describe, expect, it } from "vitest";
import { againMs, changedMs, createAskTimes, everyMs } from "./ask-times.ts";

const start = Date.UTC(2026, 0, 1);
const [one, two] = [{ url: "https://203.0.113.7" }, { url: "https://203.0.113.8" }];

describe("an endpoint", () => {
  it("is asked at once, and then so often", () => {
    const times = createAskTimes();
    expect(times.take("a", "u1", one, start)).toBe(0);
    expect(times.take("a", "u1", { ...one }, start + 1)).toBe(everyMs - 1);
    expect(times.take("b", "u2", one, start + 1)).toBe(0);
    expect(times.take("a", "u1", one, start + everyMs)).toBe(0);
  });

  it("is asked sooner when it is another, yet not at each change", () => {
    const times = createAskTimes();
    times.take("a", "u1", one, start);
    expect(times.take("a", "u1", two, start + 1)).toBe(changedMs - 1);
    expect(times.take("a", "u1", two, start + changedMs)).toBe(0);
    expect(times.take("a", "u1", one, start + changedMs + 1)).toBe(changedMs - 1);
  });

  it("is asked sooner after an attempt that came to nothing", () => {
    const times = createAskTimes();
    times.take("a", "u1", one, start);
    times.failed("a");
    expect(times.take("a", "u1", one, start + 1)).toBe(againMs - 1);
  });

  it("is asked at once when it is another nested cluster's, or the clock went back", () => {
    const times = createAskTimes();
    times.take("a", "u1", one, start);
    expect(times.take("a", "u2", one, start + 1)).toBe(0);
    expect(times.take("a", "u2", one, start - 1)).toBe(0);
    times.forget("a");
    expect(times.take("a", "u2", one, start)).toBe(0);
  });
});
