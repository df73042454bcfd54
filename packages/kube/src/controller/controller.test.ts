import { describe, expect, it } from "vitest";
import { type Change, changedObject, type WatchCache } from "../cache/watch-cache.ts";
import { KubeError } from "../client/kube-error.ts";
import { resources } from "../resources.ts";
import { collectingLogger, FakeClock } from "../testing/index.ts";
import type { KubeObject } from "../types.ts";
import { type ControllerOptions, createController, sourceOf } from "./controller.ts";

/** A cache that says what the test tells it to. */
function scriptedCache(present: KubeObject[] = []) {
  const handlers = new Set<(change: Change) => void>();
  const waiting: (() => void)[] = [];
  const state = { synced: false };
  const cache: WatchCache = {
    type: resources.pods,
    get synced() {
      return state.synced;
    },
    size: present.length,
    start: () => {},
    stop: async () => {},
    whenSynced: () => (state.synced ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    get: () => undefined,
    list: () => present,
    byIndex: () => [],
    onChange(handler) {
      handlers.add(handler);
      for (const object of present) handler({ type: "added", object });
      return () => handlers.delete(handler);
    },
    onSyncedChange: () => () => {},
  };
  return {
    cache,
    sync() {
      state.synced = true;
      for (const resolve of waiting.splice(0)) resolve();
    },
    emit(name: string) {
      for (const handler of handlers) handler({ type: "added", object: pod(name) });
    },
    handlers,
  };
}

function pod(name: string): KubeObject {
  return { metadata: { name } };
}

function namesOf(change: Change): string[] {
  return [changedObject(change).metadata.name];
}

function open(options: Partial<ControllerOptions> = {}) {
  const clock = new FakeClock();
  const logger = collectingLogger();
  const runs: string[] = [];
  const controller = createController({
    name: "test",
    sources: [],
    reconcile: async (key) => {
      runs.push(key);
      return undefined;
    },
    clock,
    logger,
    ...options,
  });
  return { clock, logger, runs, controller };
}

describe("A controller", () => {
  it("runs nothing before every cache has been complete", async () => {
    const [one, two] = [scriptedCache([pod("a")]), scriptedCache([pod("b")])];
    const t = open({ sources: [sourceOf(one.cache, namesOf), sourceOf(two.cache, namesOf)] });
    t.controller.start();
    one.sync();
    await t.clock.advance(1_000);
    expect(t.runs).toEqual([]);
    two.sync();
    await t.clock.advance(0);
    expect(t.runs).toEqual(["a", "b"]);
  });

  it("handles a change before what was there at the start", async () => {
    const script = scriptedCache([pod("old-1"), pod("old-2")]);
    const t = open({ sources: [sourceOf(script.cache, namesOf)] });
    script.sync();
    t.controller.start();
    script.emit("old-2");
    await t.clock.advance(0);
    expect(t.runs).toEqual(["old-1", "old-2"].reverse());
  });

  it("counts outcomes, tries failures again and logs them with key and code", async () => {
    let calls = 0;
    const t = open({
      queue: { backoff: { baseMs: 10, maxMs: 10 } },
      reconcile: async () => {
        calls += 1;
        if (calls === 1) throw new KubeError({ code: "forbidden", message: "no" });
        return calls === 2 ? { after: 100 } : undefined;
      },
    });
    t.controller.start();
    t.controller.add("x");
    await t.clock.advance(10);
    await t.clock.advance(100);
    expect(t.controller.metrics).toMatchObject({ done: 1, after: 1, failed: 1, queue: { depth: 0, delayed: 0 } });
    const fields = { controller: "test", key: "x", failures: 1, code: "forbidden", error: "no" };
    expect(t.logger.entries).toMatchObject([{ level: "warn", fields }]);
  });

  it("does not warn about the first conflicts, as losing a race is ordinary", async () => {
    const t = open({
      queue: { backoff: { baseMs: 10, maxMs: 10 } },
      reconcile: () => Promise.reject(new KubeError({ code: "conflict", message: "changed" })),
    });
    t.controller.start();
    t.controller.add("x");
    await t.clock.advance(35);
    expect(t.logger.entries.map(({ level }) => level)).toEqual(["debug", "debug", "debug", "warn"]);
    await t.controller.stop();
  });

  it("listens to nothing and runs nothing after stop", async () => {
    const script = scriptedCache();
    const t = open({ sources: [sourceOf(script.cache, namesOf)] });
    script.sync();
    t.controller.start();
    await t.controller.stop();
    expect(script.handlers.size).toBe(0);
    t.controller.add("x");
    await t.clock.advance(1_000);
    expect(t.runs).toEqual([]);
  });
});
