import { type KubeObject, resources } from "@inkube/kube";
import { collectingLogger, FakeClock, seededRandom } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import type { KindContext } from "../kinds/kind.ts";
import { EventPump } from "./event-pump.ts";
import { MemoryClient, type SeenWrite } from "./testing/memory-client.ts";
import { MemoryStore } from "./testing/memory-store.ts";

const hostNamespace = "inkube-team-demo";

interface Happening {
  count?: number;
  /** Milliseconds since 1970. */
  at: number;
}

function anEvent(name: string, { count = 1, at }: Happening): KubeObject {
  return { metadata: { name, namespace: hostNamespace }, count, lastTimestamp: new Date(at).toISOString() };
}

/** A pump that carries every Event as it is into namespace `default`, and what it wrote there. */
function setUp() {
  const clock = new FakeClock();
  const stores = { host: new MemoryStore("h", () => clock.now()), nested: new MemoryStore("n", () => clock.now()) };
  const writes: SeenWrite[] = [];
  const client = (store: MemoryStore) =>
    new MemoryClient({ store, clock, fate: () => ({ kind: "ok" }), onWrite: (write) => writes.push(write) });
  const syncing = { busy: false };
  const pump = new EventPump({
    host: client(stores.host),
    nested: client(stores.nested),
    hostNamespace,
    translate: (event) => ({ ...event, metadata: { name: event.metadata.name, namespace: "default" } }),
    // The translation is the only one to read it.
    context: {} as KindContext,
    busy: () => syncing.busy,
    clock,
    random: seededRandom(1),
    logger: collectingLogger(),
  });
  const stopping = new AbortController();
  const running = pump.run(stopping.signal);
  return {
    clock,
    stores,
    writes,
    syncing,
    happen: (name: string, happening: Partial<Happening> = {}) =>
      stores.host.apply(resources.events, anEvent(name, { at: clock.now(), ...happening })),
    told: () => stores.nested.list(resources.events).map(({ metadata }) => metadata.name),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await clock.advance(100);
      await running;
    },
  };
}

describe("host Events on their way inside", () => {
  it("are told at once while nothing else waits", async () => {
    await using world = setUp();
    await world.clock.advance(0);
    world.happen("pulled");
    await world.clock.advance(0);
    expect(world.told()).toEqual(["pulled"]);
  });

  it("give way to the sync of objects, until it rests", async () => {
    await using world = setUp();
    world.syncing.busy = true;
    await world.clock.advance(0);
    world.happen("pulled");
    await world.clock.advance(2_000);
    expect(world.told()).toEqual([]);
    world.syncing.busy = false;
    await world.clock.advance(50);
    expect(world.told()).toEqual(["pulled"]);
  });

  it("are told after three seconds though the sync never rests, counted from the first of their name", async () => {
    await using world = setUp();
    world.syncing.busy = true;
    await world.clock.advance(0);
    world.happen("pulling");
    world.happen("failed");
    await world.clock.advance(2_000);
    world.happen("pulling", { count: 2 });
    await world.clock.advance(900);
    expect(world.told()).toEqual([]);
    await world.clock.advance(200);
    expect(world.told().sort()).toEqual(["failed", "pulling"]);
  });

  it("are created the first time, and applied when they are repeated or there already", async () => {
    await using world = setUp();
    await world.clock.advance(0);
    world.happen("pulled");
    await world.clock.advance(0);
    world.happen("pulled", { count: 2 });
    await world.clock.advance(0);
    world.stores.nested.create(resources.events, { metadata: { name: "there", namespace: "default" } });
    world.happen("there");
    await world.clock.advance(0);
    expect(world.writes.map(({ verb, name }) => `${verb} ${name}`)).toEqual([
      "create pulled",
      "apply pulled",
      "create there",
      "apply there",
    ]);
  });

  it("are not told again when the pump starts and they are older than five minutes", async () => {
    await using world = setUp();
    world.happen("old", { at: world.clock.now() - 301_000 });
    world.happen("young", { at: world.clock.now() - 299_000 });
    await world.clock.advance(0);
    expect(world.told()).toEqual(["young"]);
  });
});
