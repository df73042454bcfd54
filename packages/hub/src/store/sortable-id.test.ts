import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstIdAt, sortableIds } from "./sortable-id.ts";

const times = fc.array(fc.integer({ min: 0, max: 2 ** 48 - 1 }), { minLength: 1, maxLength: 50 });

describe("sortable ids", () => {
  it("sort by time, then by the order of their making", () => {
    fc.assert(
      fc.property(times, (made) => {
        const nextId = sortableIds();
        const pairs = made.map((time, order) => ({ time, order, id: nextId(time) }));
        const byId = pairs.toSorted((left, right) => (left.id < right.id ? -1 : 1));
        const byTime = pairs.toSorted((left, right) => left.time - right.time || left.order - right.order);
        expect(byId).toEqual(byTime);
      }),
    );
  });

  it("lie between the first ids of their millisecond and of the next", () => {
    const nextId = sortableIds();
    for (const time of [0, 31, 32, 1_700_000_000_000, 2 ** 48 - 1]) {
      const id = nextId(time);
      expect(id).toHaveLength(26);
      expect(firstIdAt(time) < id).toBe(true);
      expect(id < firstIdAt(time + 1)).toBe(true);
    }
  });

  it("differ between processes in the same millisecond", () => {
    const ids = Array.from({ length: 1_000 }, () => sortableIds()(5));
    expect(new Set(ids).size).toBe(1_000);
  });
});
