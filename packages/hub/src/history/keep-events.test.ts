import { hostClusters, nestedClusters } from "@inkube/api";
import { createClient, createWatchCache, resources, systemClock } from "@inkube/kube";
import { collectingLogger, startFakeApiServer } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { type EventEntry, openStore } from "../store/index.ts";
import { eventually } from "../testing/eventually.ts";
import { keepEvents } from "./keep-events.ts";

const dayMs = 24 * 60 * 60_000;

/** A fleet, and a history whose writes can be made to fail. */
async function start() {
  const server = await startFakeApiServer();
  for (const type of [nestedClusters, hostClusters]) server.register(type);
  const client = createClient(server.config);
  await client.create(resources.namespaces, { metadata: { name: "team" } });
  const tools = { client, clock: systemClock, random: Math.random, logger: collectingLogger() };
  const view = {
    clusters: createWatchCache({ ...tools, type: nestedClusters }),
    hosts: createWatchCache({ ...tools, type: hostClusters }),
  };
  for (const cache of Object.values(view)) cache.start();
  const store = await openStore({ url: "sqlite::memory:", clock: systemClock, logger: tools.logger });
  const faults = { left: 0 };
  const events = {
    record: async (entries: readonly EventEntry[]) => {
      faults.left -= 1;
      if (faults.left >= 0) throw new Error("The database is away");
      await store.events.record(entries);
    },
  };
  return {
    faults,
    create: (name: string) => client.create(nestedClusters, { metadata: { name, namespace: "team" }, spec: {} }),
    knows: (name: string) => view.clusters.get(name, "team") !== undefined,
    remove: (name: string) => client.delete(nestedClusters, { name, namespace: "team" }),
    keep(signal: AbortSignal, keptMs = 30 * dayMs) {
      return keepEvents({ ...tools, view, events, keptMs, signal });
    },
    reasons: async (cluster: string) => {
      const found = await store.events.list({ project: "team", cluster, limit: 100 });
      return found.map(({ reason }) => reason).sort();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(Object.values(view).map((cache) => cache.stop()));
      await store.close();
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("keeping events", () => {
  it("tells the past of what is there already, once, however often somebody begins", async () => {
    await using fleet = await start();
    await fleet.create("old");
    for (let leader = 0; leader < 2; leader += 1) {
      const stop = new AbortController();
      const kept = fleet.keep(stop.signal);
      await fleet.create(`new-${leader}`);
      await eventually(async () => expect(await fleet.reasons(`new-${leader}`)).toEqual(["Created"]));
      stop.abort();
      await kept;
    }
    expect(await fleet.reasons("old")).toEqual(["Created"]);
    expect(await fleet.reasons("new-0")).toEqual(["Created"]);
  });

  it("loses nothing while the history cannot be written", async () => {
    await using fleet = await start();
    await fleet.create("old");
    fleet.faults.left = 2;
    const stop = new AbortController();
    const kept = fleet.keep(stop.signal);
    await eventually(() => expect(fleet.faults.left).toBeLessThan(2));
    await fleet.create("short");
    await fleet.remove("short");
    await eventually(async () => expect(await fleet.reasons("short")).toEqual(["Created", "Deleted"]));
    expect(await fleet.reasons("old")).toEqual(["Created"]);
    stop.abort();
    await kept;
  });

  it("tells nothing of a past that is not kept", async () => {
    await using fleet = await start();
    await fleet.create("old");
    const stop = new AbortController();
    await eventually(() => expect(fleet.knows("old")).toBe(true));
    await systemClock.sleep(1_100);
    const kept = fleet.keep(stop.signal, 1);
    await fleet.create("marker");
    await eventually(async () => expect(await fleet.reasons("marker")).toEqual(["Created"]));
    expect(await fleet.reasons("old")).toEqual([]);
    stop.abort();
    await kept;
  });
});
