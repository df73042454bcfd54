import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Client } from "../client/client.ts";
import { createClient } from "../client/create-client.ts";
import { isKubeError } from "../client/kube-error.ts";
import { resources } from "../resources.ts";
import { systemClock } from "../system-clock.ts";
import { collectingLogger, FakeClock, type Fault, seededRandom, startFakeApiServer } from "../testing/index.ts";
import type { KubeObject } from "../types.ts";
import { createWatchCache } from "./create-watch-cache.ts";
import { type Change, changedObject, type WatchCacheOptions } from "./watch-cache.ts";

const type = resources.configmaps;

function configMap(name: string, fields: Partial<KubeObject> = {}): KubeObject {
  return { metadata: { name, namespace: "default" }, data: { v: "0" }, ...fields };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (condition()) return;
    await systemClock.sleep(5);
  }
  throw new Error(`Never came: ${what}`);
}

/** Tries a write that changes nothing when it is repeated, through connections that a restart breaks. */
async function again(write: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await write();
      return;
    } catch (error) {
      if (attempt === 50 || !isKubeError(error, "unreachable")) throw error;
      await systemClock.sleep(5);
    }
  }
}

/** A fake server, a client, a cache on it and everything the cache said. */
async function open(options: Partial<WatchCacheOptions> & { wrap?: (client: Client) => Client } = {}) {
  const { wrap = (client: Client) => client, ...rest } = options;
  const server = await startFakeApiServer({ random: seededRandom(1), bookmarkIntervalMs: 50 });
  const client = createClient(server.config);
  const logger = collectingLogger();
  const cache = createWatchCache({
    client: wrap(client),
    type,
    clock: systemClock,
    random: () => 0.5,
    logger,
    maxBackoffMs: 100,
    ...rest,
  });
  const changes: string[] = [];
  /** The state that a handler arrives at which only believes the changes. */
  const believed = new Map<string, KubeObject>();
  cache.onChange((change: Change) => {
    const object = changedObject(change);
    changes.push(`${change.type} ${object.metadata.name}`);
    if (change.type === "deleted") believed.delete(object.metadata.name);
    else believed.set(object.metadata.name, object);
  });
  const synced: boolean[] = [];
  cache.onSyncedChange((each) => void synced.push(each));
  return {
    server,
    client,
    cache,
    logger,
    changes,
    believed,
    synced,
    async [Symbol.asyncDispose]() {
      await cache.stop();
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("A watch cache", () => {
  it("holds what is there at the start and follows every change", async () => {
    await using t = await open();
    await t.client.create(type, configMap("a"));
    t.cache.start();
    await t.cache.whenSynced();
    expect(t.cache.get("a", "default")?.data).toEqual({ v: "0" });
    await t.client.create(type, configMap("b"));
    await t.client.replace(type, configMap("a", { data: { v: "1" } }));
    await t.client.delete(type, { name: "b", namespace: "default" });
    await until("deletion", () => t.changes.includes("deleted b"));
    expect(t.changes).toEqual(["added a", "added b", "modified a", "deleted b"]);
    expect(t.cache.get("a", "default")?.data).toEqual({ v: "1" });
    expect(t.cache.size).toBe(1);
  });

  it("says added once for each object present to a handler that comes late", async () => {
    await using t = await open();
    await t.client.create(type, configMap("a"));
    t.cache.start();
    await t.cache.whenSynced();
    const late: string[] = [];
    const unsubscribe = t.cache.onChange((change) => void late.push(change.type));
    expect(late).toEqual(["added"]);
    unsubscribe();
    await t.client.create(type, configMap("b"));
    await until("addition", () => t.changes.includes("added b"));
    expect(late).toEqual(["added"]);
  });

  it("is synced only while the watch is open", async () => {
    await using t = await open();
    expect(t.cache.synced).toBe(false);
    t.cache.start();
    await t.cache.whenSynced();
    t.server.faults.outage();
    await until("desync", () => !t.cache.synced);
    t.server.faults.restore();
    await t.cache.whenSynced();
    expect(t.synced).toEqual([true, false, true]);
  });

  it("emits what was missed during an outage, deletions and recreations included", async () => {
    await using t = await open();
    for (const name of ["kept", "gone", "again"]) await t.client.create(type, configMap(name));
    t.cache.start();
    await t.cache.whenSynced();
    const lift = t.server.faults.add({
      fault: { kind: "dropBefore" },
      when: ({ verb }) => verb === "watch" || verb === "list",
    });
    t.server.faults.cutWatches();
    await until("desync", () => !t.cache.synced);
    t.changes.length = 0;
    await t.client.delete(type, { name: "gone", namespace: "default" });
    await t.client.delete(type, { name: "again", namespace: "default" });
    await t.client.create(type, configMap("again"));
    await t.client.create(type, configMap("new"));
    lift();
    await t.cache.whenSynced();
    expect(t.changes).toEqual(["deleted gone", "deleted again", "added again", "added new"]);
  });

  it("believes no event from before what it holds", async () => {
    await using t = await open();
    await t.client.create(type, configMap("again"));
    await t.client.create(type, configMap("gone"));
    await t.client.delete(type, { name: "again", namespace: "default" });
    await t.client.delete(type, { name: "gone", namespace: "default" });
    await t.client.create(type, configMap("again", { data: { v: "1" } }));
    t.server.faults.add({ fault: { kind: "replayEvents", revisions: 100 }, when: ({ verb }) => verb === "watch" });
    t.cache.start();
    await t.cache.whenSynced();
    await t.client.create(type, configMap("new"));
    await until("addition", () => t.changes.includes("added new"));
    expect(t.changes).toEqual(["added again", "added new"]);
    expect(t.cache.get("again", "default")?.data).toEqual({ v: "1" });
  });

  it("lists again when its version has expired", async () => {
    await using t = await open();
    t.cache.start();
    await t.cache.whenSynced();
    t.server.faults.add({ fault: { kind: "answer", status: 503 }, when: ({ verb }) => verb === "watch", times: 2 });
    t.server.faults.cutWatches();
    await t.client.create(type, configMap("a"));
    t.server.faults.compact();
    await until("addition", () => t.changes.includes("added a"));
  });

  it("opens the next watch at the last version, without a list, when the server ends one in order", async () => {
    let end: (() => void) | undefined;
    let began = 0;
    const clock = new FakeClock();
    await using t = await open({
      clock,
      wrap: (client) => ({
        ...bind(client),
        async *watch(watched, options) {
          began += 1;
          const ended = new Promise<"end">((resolve) => {
            end = () => resolve("end");
          });
          const events = client.watch(watched, options)[Symbol.asyncIterator]();
          while (true) {
            const next = await Promise.race([events.next(), ended]);
            if (next === "end" || next.done) break;
            yield next.value;
          }
        },
      }),
    });
    t.cache.start();
    await t.cache.whenSynced();
    await t.client.create(type, configMap("a"));
    await until("addition", () => t.changes.includes("added a"));
    t.server.clearRequests();
    end?.();
    await until("second watch", () => began === 2 && t.cache.synced);
    expect(t.server.requests.filter(({ verb }) => verb === "list")).toEqual([]);
    expect(t.changes).toEqual(["added a"]);
  });

  it("takes a silent watch for dead and opens another", async () => {
    const clock = new FakeClock();
    let watches = 0;
    await using t = await open({
      clock,
      watchdogMs: 70_000,
      wrap: (client) => ({
        ...bind(client),
        async *watch(_type, options) {
          watches += 1;
          options.onOpen?.();
          await new Promise((_, reject) =>
            options.signal?.addEventListener("abort", () => reject(options.signal?.reason)),
          );
        },
      }),
    });
    t.cache.start();
    await t.cache.whenSynced();
    await clock.advance(69_999);
    expect([watches, t.synced]).toEqual([1, [true]]);
    await clock.advance(1);
    expect([watches, t.synced]).toEqual([2, [true, false, true]]);
    clock.jump(-3_600_000);
    await clock.advance(140_000);
    expect(watches).toBeGreaterThan(2);
  });

  it("waits longer after each failure, up to the limit, and never stops trying", async () => {
    const clock = new FakeClock();
    const attempts: number[] = [];
    const begin = clock.now();
    await using t = await open({
      clock,
      random: () => 0,
      maxBackoffMs: 1_000,
      wrap: (client) => ({
        ...bind(client),
        list: async () => {
          attempts.push(clock.now() - begin);
          throw new Error("down");
        },
      }),
    });
    t.cache.start();
    await clock.advance(5_000);
    expect(attempts.slice(0, 7)).toEqual([0, 100, 300, 700, 1_500, 2_500, 3_500]);
    expect(t.cache.synced).toBe(false);
  });

  it("keeps indexes right through changes and drops managedFields before the transform sees the object", async () => {
    const seen: unknown[] = [];
    await using t = await open({
      indexes: { byLabel: (object) => Object.values(object.metadata.labels ?? {}) },
      transform: (object) => {
        seen.push(object.metadata.managedFields);
        return object;
      },
    });
    const labelled = (value: string) => ({ metadata: { name: "a", namespace: "default", labels: { k: value } } });
    await t.client.apply(type, labelled("x"), { fieldManager: "test" });
    t.cache.start();
    await t.cache.whenSynced();
    expect(t.cache.byIndex("byLabel", "x")).toHaveLength(1);
    await t.client.apply(type, labelled("y"), { fieldManager: "test" });
    await until("change", () => t.changes.includes("modified a"));
    expect([t.cache.byIndex("byLabel", "x"), t.cache.byIndex("byLabel", "y")]).toMatchObject([[], [{}]]);
    await t.client.delete(type, { name: "a", namespace: "default" });
    await until("deletion", () => t.changes.includes("deleted a"));
    expect(t.cache.byIndex("byLabel", "y")).toEqual([]);
    expect(seen).toEqual([undefined, undefined]);
  });

  it("goes on when a handler throws", async () => {
    await using t = await open();
    t.cache.onChange(() => {
      throw new Error("broken handler");
    });
    t.cache.start();
    await t.cache.whenSynced();
    await t.client.create(type, configMap("a"));
    await until("addition", () => t.cache.size === 1);
    await until("log", () => t.logger.entries.some(({ level }) => level === "error"));
  });

  it("gives up waiting for the sync when the waiter or the cache is stopped", async () => {
    await using t = await open();
    await expect(t.cache.whenSynced(AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    const waiting = t.cache.whenSynced();
    await Promise.all([expect(waiting).rejects.toThrow(), t.cache.stop()]);
  });

  it("agrees with the server after any writes under any faults, and so does whoever believed its changes", async () => {
    const name = fc.constantFrom("a", "b", "c");
    const fault = fc.constantFrom<Fault>(
      { kind: "dropBefore" },
      { kind: "answer", status: 503 },
      { kind: "answer", status: 429, retryAfterSeconds: 1 },
      { kind: "cutWatchAfter", lines: 1 },
      { kind: "delayEvents", ms: 3 },
      { kind: "replayEvents", revisions: 4 },
    );
    const action = fc.oneof(
      fc.record({ do: fc.constant("write" as const), name }),
      fc.record({ do: fc.constant("delete" as const), name }),
      fc.record({ do: fc.constant("fault" as const), fault }),
      fc.constantFrom(
        { do: "cut" as const },
        { do: "compact" as const },
        { do: "restart" as const },
        { do: "wait" as const },
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
        await using t = await open({ maxBackoffMs: 1, watchdogMs: 500 });
        // The writer's own requests are not disturbed.
        const disturbed = ({ verb }: { verb: string }) => verb === "watch" || verb === "list";
        t.cache.start();
        let value = 0;
        for (const each of actions) {
          if (each.do === "write") {
            value += 1;
            const object = configMap(each.name, { data: { v: `${value}` } });
            await again(() => t.client.apply(type, object, { fieldManager: "test" }));
          } else if (each.do === "delete") {
            await again(() => t.client.delete(type, { name: each.name, namespace: "default" }));
          }
          if (each.do === "fault") t.server.faults.add({ fault: each.fault, when: disturbed, times: 2 });
          else if (each.do === "cut") t.server.faults.cutWatches();
          else if (each.do === "compact") t.server.faults.compact();
          else if (each.do === "restart") t.server.faults.restart();
          else if (each.do === "wait") await systemClock.sleep(3);
        }
        t.server.faults.clear();
        const versions = (objects: Iterable<KubeObject>) =>
          [...objects]
            .map(({ metadata: { name, uid, resourceVersion } }) => `${name} ${uid} ${resourceVersion}`)
            .sort();
        const wanted = versions(t.server.objects(type));
        await until("agreement", () => `${versions(t.cache.list())}` === `${wanted}` && t.cache.synced);
        expect(versions(t.believed.values())).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});

/** A client as plain functions, so that a test can replace one of them. */
function bind(client: Client): Client {
  return {
    get: client.get.bind(client),
    list: client.list.bind(client),
    create: client.create.bind(client),
    createSubresource: client.createSubresource.bind(client),
    replace: client.replace.bind(client),
    apply: client.apply.bind(client),
    patch: client.patch.bind(client),
    delete: client.delete.bind(client),
    watch: client.watch.bind(client),
    raw: client.raw.bind(client),
    upgrade: client.upgrade.bind(client),
    close: client.close.bind(client),
  };
}
