import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reconnectDelay, refusedDelay, searchDelay } from "./reconnect-delay.ts";

describe("the pause before the next attempt", () => {
  it("doubles from 250 ms to 5 s", () => {
    expect([1, 2, 3, 4, 5, 6, 99].map((failures) => reconnectDelay(failures, () => 0))).toEqual([
      250, 500, 1000, 2000, 4000, 5000, 5000,
    ]);
  });

  it("is never longer than that nor shorter than half", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    void fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), random, (failures, value) => {
        const full = reconnectDelay(failures, () => 0);
        const delay = reconnectDelay(failures, () => value);
        expect(delay).toBeLessThanOrEqual(Math.min(full, 5000));
        expect(delay).toBeGreaterThan(full / 2 - 1);
      }),
    );
  });

  it("is about 30 s after a refusal", () => {
    expect(refusedDelay(() => 0)).toBe(30_000);
    expect(refusedDelay(() => 0.999)).toBeGreaterThan(22_500);
  });

  it("grows by half while only replicas are reached that have a tunnel, up to a minute", () => {
    expect([1, 2, 3, 99].map((dial) => searchDelay(dial, () => 0))).toEqual([250, 375, 562.5, 60_000]);
    expect(searchDelay(1, () => 0.999)).toBeGreaterThan(125);
    const tenDials = Array.from({ length: 10 }, (_, index) => searchDelay(index + 1, () => 0));
    expect(tenDials.reduce((sum, pause) => sum + pause)).toBeLessThan(30_000);
  });
});
