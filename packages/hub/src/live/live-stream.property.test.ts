import type { Change, KubeObject } from "@inkube/kube";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { EventOutput } from "./event-output.ts";
import type { LiveScope } from "./live-scope.ts";
import { LiveStream } from "./live-stream.ts";

/** Few projects, with one object each, so that the same ones come again. */
const projects = ["p", "q", "r"];
const at = fc.nat(projects.length - 1);
const gold = fc.constantFrom(true, true, false);

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), at, gold }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remake" as const), at, gold }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("scope" as const), sees: fc.subarray(projects) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hold" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const), events: fc.integer({ min: 1, max: 4 }) }) },
);

const scopeOf = (sees: readonly string[]): LiveScope => ({
  text: [...sees].sort().join(),
  shows: (_kind, { metadata }) => sees.includes(metadata.namespace ?? ""),
});
const isGold = ({ metadata }: KubeObject): boolean => metadata.labels?.tier === "gold";
const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

/** Everything that there is, and how it changes. */
class World {
  readonly objects = new Map<string, KubeObject>();
  #version = 0;

  put(at: number, gold: boolean, changed: (change: Change) => void): void {
    const [namespace = "", name] = [projects[at], "one"];
    const previous = this.objects.get(`${namespace}/${name}`);
    this.#version += 1;
    const metadata = {
      namespace,
      name,
      uid: previous?.metadata.uid ?? `u-${this.#version}`,
      labels: gold ? { tier: "gold" } : {},
    };
    const object = { metadata: { ...metadata, resourceVersion: String(this.#version) } };
    this.objects.set(keyOf(object), object);
    changed(previous ? { type: "modified", object, previous } : { type: "added", object });
  }

  remove(at: number, changed: (change: Change) => void): void {
    const previous = this.objects.get(`${projects[at]}/one`);
    if (!previous) return;
    this.objects.delete(keyOf(previous));
    changed({ type: "deleted", previous });
  }
}

/** A reader who takes so many events as he is given leave to, and keeps his own copy by them. */
class Reader {
  readonly copy = new Map<string, KubeObject>();
  readonly closing = new AbortController();
  synced = 0;
  leave = 0;
  /** What he may see now; undefined while that is not certain. */
  sees: readonly string[] | undefined;
  #free = Promise.withResolvers<void>();

  allow(events: number): void {
    this.leave += events;
    this.#free.resolve();
  }

  readonly output: EventOutput = {
    closed: this.closing.signal,
    beat: () => undefined,
    cut: () => undefined,
    ready: async () => {
      while (this.leave <= 0 && !this.closing.signal.aborted) {
        this.#free = Promise.withResolvers();
        await this.#free.promise;
      }
    },
    event: (name, data) => {
      this.leave -= 1;
      if (name === "synced") this.synced += 1;
      else this.#take(name, (JSON.parse(data) as { object: KubeObject }).object);
    },
  };

  #take(name: string, object: KubeObject): void {
    const known = this.copy.get(keyOf(object));
    if (name === "deleted") {
      expect(known?.metadata.uid).toBe(object.metadata.uid);
      expect(Object.keys(object)).toEqual(["metadata"]);
      this.copy.delete(keyOf(object));
      return;
    }
    expect(this.sees).toContain(object.metadata.namespace);
    expect(isGold(object)).toBe(true);
    if (name === "added") expect(known).toBeUndefined();
    else expect(known?.metadata.uid).toBe(object.metadata.uid);
    this.copy.set(keyOf(object), object);
  }
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

it("a reader's copy becomes what he may see and wants, and he is never told of anything else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
      const [world, reader] = [new World(), new Reader()];
      const stream = new LiveStream({
        objects: () => ({
          get: (name, namespace) => world.objects.get(`${namespace}/${name}`),
          list: () => world.objects.values(),
        }),
        kinds: ["clusters"],
        filters: { clusters: isGold, hosts: () => false, groups: () => false },
        output: reader.output,
        textOf: (kind, object) => JSON.stringify({ kind, object }),
      });
      const changed = (change: Change): void => stream.take("clusters", change);
      const running = stream.run();
      const judge = (sees: readonly string[]): void => {
        reader.sees = sees;
        stream.setScope(scopeOf(sees));
      };
      for (const one of steps) {
        if (one.do === "put" || one.do === "remake") {
          if (one.do === "remake") world.remove(one.at, changed);
          world.put(one.at, one.gold, changed);
        } else if (one.do === "remove") world.remove(one.at, changed);
        else if (one.do === "scope") judge(one.sees);
        else if (one.do === "read") {
          reader.allow(one.events);
          await settle();
        } else {
          reader.sees = undefined;
          stream.hold();
        }
      }
      judge(["p", "q"]);
      reader.allow(1_000);
      await settle();
      const expected = [...world.objects.values()].filter((one) => isGold(one) && one.metadata.namespace !== "r");
      expect([...reader.copy.values()].sort(byKey)).toEqual(expected.sort(byKey));
      expect(reader.synced).toBe(1);
      reader.closing.abort();
      reader.allow(1);
      await running;
    }),
    { numRuns: 300 },
  );
});

function byKey(a: KubeObject, b: KubeObject): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}
