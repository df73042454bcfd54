import type { KubeObject } from "@inkube/kube";
import fc from "fast-check";
import { expect, it } from "vitest";
import { pageOf } from "./page.ts";
import { type SortKey, sortedBy } from "./place.ts";

/** An object by its place in the list: sort key, project and name. Few of each, so that there are ties. */
type Place = readonly [key: string, project: string, name: string];

const place = fc.tuple(
  fc.constantFrom("", "a", "b", "ü", "a\0"),
  fc.constantFrom("p", "q", "p-q"),
  fc.constantFrom("x", "y", "z", "x-y", "zz"),
);
const change = fc.record({ create: fc.boolean(), place });
const plan = fc.record({
  first: fc.uniqueArray(place, { selector: String, maxLength: 30 }),
  // What happens after each page.
  between: fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 12 }),
  limit: fc.integer({ min: 1, max: 7 }),
  order: fc.constantFrom("asc" as const, "desc" as const),
});

const idOf = (one: Place): string => JSON.stringify(one);
const byKey: SortKey = ({ key }) => String(key);
const objectOf = ([key, namespace, name]: Place): KubeObject => ({ metadata: { name, namespace }, key });

it("API-01 pages have no gaps and nothing twice, whatever is created and deleted meanwhile", () => {
  fc.assert(
    fc.property(plan, ({ first, between, limit, order }) => {
      const there = new Map(first.map((one) => [idOf(one), one]));
      const always = new Set(there.keys());
      const ever = new Set(there.keys());
      const seen: Place[] = [];
      let next: string | undefined;
      let pages = 0;
      do {
        const objects = sortedBy(byKey, [...there.values()].map(objectOf));
        const page = pageOf(objects, byKey, { limit, order, continue: next });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        expect(page.total).toBe(there.size);
        // Only the last page is short.
        if (page.continue !== undefined) expect(page.items).toHaveLength(limit);
        seen.push(
          ...page.items.map(({ key, metadata }) => [String(key), metadata.namespace ?? "", metadata.name] as const),
        );
        next = page.continue;
        for (const { create, place: one } of between[pages] ?? []) {
          const id = idOf(one);
          if (create) there.set(id, one);
          else there.delete(id);
          if (create) ever.add(id);
          else always.delete(id);
        }
        pages += 1;
      } while (next !== undefined);
      const ids = seen.map(idOf);
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of always) expect(ids).toContain(id);
      for (const id of ids) expect(ever).toContain(id);
      const sorted = [...seen].sort((a, b) => {
        const at = a.findIndex((part, index) => part !== b[index]);
        return at < 0 ? 0 : (a[at] as string) < (b[at] as string) ? -1 : 1;
      });
      expect(ids).toEqual((order === "asc" ? sorted : sorted.reverse()).map(idOf));
    }),
    { numRuns: 500 },
  );
});
