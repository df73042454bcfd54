import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWatchCache } from "../../cache/create-watch-cache.ts";
import { type Change, changedObject, type WatchCache } from "../../cache/watch-cache.ts";
import { createClient } from "../../client/create-client.ts";
import { resources } from "../../resources.ts";
import { systemClock } from "../../system-clock.ts";
import type { Clock, KubeObject } from "../../types.ts";
import { collectingLogger } from "../collecting-logger.ts";
import { seededRandom } from "../seeded-random.ts";
import { type FakeApiServer, startFakeApiServer } from "./fake-api-server.ts";

const { configmaps } = resources;

type Step =
  | { do: "put" | "delete" | "recreate" | "label"; name: string }
  | { do: "cutWatches" | "restart" | "compact" | "outage" | "restore" | "pause" }
  | {
      do: "fault";
      fault: "dropBefore" | "dropAfter" | "answer" | "delayEvents" | "replayEvents" | "cutWatchAfter";
      amount: number;
    };

const names = fc.constantFrom("a", "b", "c", "d");
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom("put", "delete", "recreate", "label"), name: names }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("cutWatches", "restart", "compact", "outage", "restore", "pause") }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("fault" as const),
      fault: fc.constantFrom("dropBefore", "dropAfter", "answer", "delayEvents", "replayEvents", "cutWatchAfter"),
      amount: fc.integer({ min: 1, max: 6 }),
    }),
  },
);

/** The machine's clock with all waits a hundred times shorter, so that backoff does not make the test slow. */
const hurriedClock: Clock = {
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(ms / 100, signal),
};

function addFault(server: FakeApiServer, step: Extract<Step, { do: "fault" }>): void {
  const rule = { times: step.amount, probability: 0.7 };
  switch (step.fault) {
    case "answer":
      server.faults.add({
        ...rule,
        fault: { kind: "answer", status: step.amount % 2 ? 500 : 429, retryAfterSeconds: 1 },
      });
      break;
    case "delayEvents":
      server.faults.add({ ...rule, fault: { kind: "delayEvents", ms: step.amount } });
      break;
    case "replayEvents":
      server.faults.add({
        ...rule,
        when: ({ verb }) => verb === "watch",
        fault: { kind: "replayEvents", revisions: step.amount * 5 },
      });
      break;
    case "cutWatchAfter":
      server.faults.add({ ...rule, fault: { kind: "cutWatchAfter", lines: step.amount } });
      break;
    default:
      server.faults.add({ ...rule, fault: { kind: step.fault } });
  }
}

/** One step. Writes go straight into the server, past the faults, which are meant for the cache. */
async function take(step: Step, server: FakeApiServer, writer: Writer, cache: WatchCache): Promise<void> {
  switch (step.do) {
    case "put":
      return writer.put(step.name);
    case "delete":
      return writer.remove(step.name);
    case "recreate":
      writer.remove(step.name);
      return writer.put(step.name);
    case "label":
      return writer.relabel(step.name);
    case "fault":
      return addFault(server, step);
    case "pause":
      // During an outage it never gets there.
      return until(() => cache.synced, 10);
    default:
      server.faults[step.do]();
  }
}

/** What happens on the server behind the back of the network. */
interface Writer {
  put(name: string): void;
  remove(name: string): void;
  relabel(name: string): void;
}

function writerFor(server: FakeApiServer): Writer {
  let count = 0;
  const ref = (name: string) => ({ namespace: "ns", name });
  const object = (name: string) => server.object(configmaps, ref(name));
  return {
    put: (name) => {
      count += 1;
      server.write(configmaps, { metadata: ref(name), data: { count: String(count) } });
    },
    remove: (name) => {
      if (object(name)) server.erase(configmaps, ref(name));
    },
    relabel: (name) => {
      const existing = object(name);
      const selected = existing?.metadata.labels?.tier !== "front";
      if (existing)
        server.write(configmaps, {
          ...existing,
          metadata: { ...existing.metadata, labels: selected ? { tier: "front" } : {} },
        });
    },
  };
}

/** Applies changes as a handler would, and notes every deletion of an object that was alive at that moment. */
function follow(cache: WatchCache, isLive: (object: KubeObject) => boolean) {
  const copy = new Map<string, KubeObject>();
  const wrong: string[] = [];
  cache.onChange((change: Change) => {
    const object = changedObject(change);
    const { name, uid } = object.metadata;
    const held = copy.get(name);
    if (change.type === "added" && held) wrong.push(`${name} added twice`);
    if (change.type !== "added" && held?.metadata.uid !== uid) wrong.push(`${name} ${change.type} though not held`);
    if (change.type === "deleted") {
      if (isLive(object)) wrong.push(`${name} deleted though live`);
      copy.delete(name);
    } else copy.set(name, object);
  });
  return { copy, wrong };
}

function versions(objects: Iterable<KubeObject>): Record<string, string | undefined> {
  return Object.fromEntries([...objects].map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
}

/** Lets the cache get some of what happened, more or less of it from step to step. */
async function someTurns(random: () => number): Promise<void> {
  const turns = Math.floor(random() * 12);
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function until(holds: () => boolean, turns = 2000): Promise<void> {
  for (let turn = 0; turn < turns && !holds(); turn += 1) await systemClock.sleep(2);
}

async function run(script: Step[], seed: number, labelSelector: string | undefined): Promise<void> {
  const random = seededRandom(seed);
  await using server = await startFakeApiServer({ random, bookmarkIntervalMs: 20 });
  const client = createClient(server.config);
  const cache = createWatchCache({
    client,
    type: configmaps,
    clock: hurriedClock,
    random,
    logger: collectingLogger(),
    ...(labelSelector === undefined ? {} : { labelSelector }),
  });
  const selected = () =>
    server.objects(configmaps).filter((object) => !labelSelector || object.metadata.labels?.tier === "front");
  const isLive = (object: KubeObject) => selected().some((live) => live.metadata.uid === object.metadata.uid);
  // An object that leaves the selection and comes back is live again when its deletion is told: only uids say more.
  const { copy, wrong } = follow(cache, labelSelector === undefined ? isLive : () => false);
  const writer = writerFor(server);
  cache.start();
  try {
    await cache.whenSynced();
    for (const step of script) {
      await take(step, server, writer, cache);
      await someTurns(random);
    }
    server.faults.clear();
    const settled = () =>
      JSON.stringify(versions(cache.list())) !== undefined && same(versions(cache.list()), versions(selected()));
    await until(() => cache.synced && settled());
    expect(versions(cache.list())).toEqual(versions(selected()));
    expect(versions(copy.values())).toEqual(versions(cache.list()));
    expect(wrong).toEqual([]);
  } finally {
    await cache.stop();
    await client.close();
  }
}

function same(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}

describe("A watch cache over a faulty network", () => {
  it("ends equal to the server and never tells that a live object was deleted", async () => {
    const scripts = fc.array(steps, { minLength: 20, maxLength: 80, size: "max" });
    await fc.assert(
      fc.asyncProperty(scripts, fc.nat(), (script, seed) => run(script, seed, undefined)),
      { numRuns: 40, interruptAfterTimeLimit: 60_000 },
    );
  });

  it("ends equal to what its selector selects", async () => {
    const scripts = fc.array(steps, { minLength: 20, maxLength: 80, size: "max" });
    await fc.assert(
      fc.asyncProperty(scripts, fc.nat(), (script, seed) => run(script, seed, "tier=front")),
      { numRuns: 40, interruptAfterTimeLimit: 60_000 },
    );
  });
});
