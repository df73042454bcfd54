import fc from "fast-check";
import { expect, it } from "vitest";
import { NameIndex } from "./name-index.ts";

const letters = fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 6 });

it("finds just the names that contain the part, in their order", () => {
  fc.assert(
    fc.property(
      fc.array(
        letters.filter((name) => name !== ""),
        { maxLength: 12 },
      ),
      letters,
      (names, part) => {
        const expected = names.flatMap((name, index) => (name.includes(part) ? [index] : []));
        expect(new NameIndex(names).find(part)).toEqual(expected);
      },
    ),
    { numRuns: 2000 },
  );
});

it("finds nothing across two names", () => {
  expect(new NameIndex(["ab", "cd"]).find("b\nc")).toEqual([]);
  expect(new NameIndex(["ab", "cd"]).find("bc")).toEqual([]);
});
