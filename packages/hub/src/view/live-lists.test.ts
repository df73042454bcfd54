import type { Change, KubeObject } from "@inkube/kube";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LiveList } from "./live-list.ts";
import { createLiveLists } from "./live-lists.ts";
import { createPagePrinter } from "./page-text.ts";
import { type SortKey, sortedBy } from "./place.ts";
import { createSeenLists } from "./seen-lists.ts";

/** A state of the object of this name, or that it is gone; few of each, so that there are ties. */
const step = fc.record({
  name: fc.constantFrom("a", "b", "c", "d", "e", "f"),
  project: fc.constantFrom("p", "q"),
  state: fc.option(fc.record({ key: fc.constantFrom("", "x", "y", "ü"), wanted: fc.boolean() })),
});

const byKey: SortKey = ({ key }) => String(key);
const fits = ({ wanted }: KubeObject): boolean => wanted === true;

/** Objects as a watch cache holds them, with every step told to whoever asked for changes. */
class Objects {
  readonly #objects = new Map<string, KubeObject>();
  readonly #handlers: ((change: Change) => void)[] = [];

  list(): KubeObject[] {
    return [...this.#objects.values()];
  }

  onChange(handler: (change: Change) => void): () => void {
    this.#handlers.push(handler);
    return () => undefined;
  }

  take(one: Parameters<Objects["change"]>[0]): void {
    const change = this.change(one);
    if (change) for (const handler of this.#handlers) handler(change);
  }

  change({ name, project, state }: { name: string; project: string; state: object | null }): Change | undefined {
    const id = `${project}/${name}`;
    const previous = this.#objects.get(id);
    if (state) {
      const object: KubeObject = { metadata: { name, namespace: project }, ...state };
      this.#objects.set(id, object);
      return previous ? { type: "modified", object, previous } : { type: "added", object };
    }
    this.#objects.delete(id);
    return previous && { type: "deleted", previous };
  }
}

describe("LiveList", () => {
  it("API-01 is after every change what filtering and sorting everything again would give", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.array(step, { maxLength: 40 }), (before, after) => {
        const objects = new Objects();
        for (const one of before) objects.take(one);
        const seenOf = createSeenLists();
        const isOfP = ({ metadata }: KubeObject): boolean => metadata.namespace === "p";
        const list = new LiveList({ candidates: objects.list(), fits, sortKey: byKey });
        objects.onChange((change) => list.take(change));
        for (const one of after) {
          objects.take(one);
          const expected = sortedBy(byKey, objects.list().filter(fits));
          expect(list.objects.length).toBe(expected.length);
          for (const [index, object] of expected.entries()) expect(list.objects[index]).toBe(object);
          for (const part of ["a", "f", ""]) {
            const named = expected.filter(({ metadata }) => metadata.name.includes(part));
            expect(list.named(part)).toEqual(named);
          }
          expect(seenOf(list, isOfP)).toEqual(expected.filter(isOfP));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("createLiveLists", () => {
  const add = (objects: Objects, name: string, key: string): void =>
    objects.take({ name, project: "p", state: { key, wanted: true } });

  it("keeps a list that is asked for again, and tells it what changed meanwhile", () => {
    const objects = new Objects();
    const lists = createLiveLists(objects);
    add(objects, "a", "x");
    const list = lists.get("all", () => ({ candidates: objects.list(), fits, sortKey: byKey }));
    add(objects, "b", "");
    const again = lists.get("all", () => expect.unreachable());
    expect(again).toBe(list);
    expect(again.objects.map(({ metadata }) => metadata.name)).toEqual(["b", "a"]);
  });

  it("forgets the list that nobody asked for the longest, and makes it again as things are then", () => {
    const objects = new Objects();
    const lists = createLiveLists(objects);
    const first = lists.get("first", () => ({ candidates: objects.list(), fits, sortKey: byKey }));
    const second = lists.get("second", () => ({ candidates: objects.list(), fits, sortKey: byKey }));
    for (let index = 0; index < 63; index += 1) {
      lists.get("second", () => expect.unreachable());
      lists.get(`other ${index}`, () => ({ candidates: objects.list(), fits, sortKey: byKey }));
    }
    add(objects, "a", "x");
    expect(lists.get("second", () => expect.unreachable())).toBe(second);
    const again = lists.get("first", () => ({ candidates: objects.list(), fits, sortKey: byKey }));
    expect(again).not.toBe(first);
    expect(again.objects).toHaveLength(1);
  });
});

describe("createPagePrinter", () => {
  const object = (name: string): KubeObject => ({ metadata: { name, labels: { text: 'ü"\n' } } });

  it.each([
    { items: [], total: 0 },
    { items: [object("a"), object("b")], total: 7, continue: "x" },
  ])("prints what JSON would: %j", (page) => {
    const print = createPagePrinter();
    expect(JSON.parse(print(page))).toEqual(page);
    expect(JSON.parse(print(page))).toEqual(page);
  });

  it("prints a new version of an object, not the one before", () => {
    const print = createPagePrinter();
    print({ items: [object("a")], total: 1 });
    const changed = { ...object("a"), spec: { size: 2 } };
    expect(JSON.parse(print({ items: [changed], total: 1 })).items).toEqual([changed]);
  });
});
