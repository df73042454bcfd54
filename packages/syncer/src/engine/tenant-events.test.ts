import { resources } from "@inkube/kube";
import { collectingLogger, FakeClock, seededRandom } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { TenantEvents } from "./tenant-events.ts";
import { anObject } from "./testing/fixtures.ts";
import { MemoryClient } from "./testing/memory-client.ts";
import { MemoryStore } from "./testing/memory-store.ts";

const pod = { kind: "Pod", apiVersion: "v1" };

function setUp() {
  const clock = new FakeClock();
  const store = new MemoryStore("n", () => clock.now());
  const client = new MemoryClient({ store, clock, fate: () => ({ kind: "ok" }), onWrite: () => {} });
  const events = new TenantEvents({ client, clock, random: seededRandom(1), logger: collectingLogger() });
  return { clock, client, events, told: () => store.list(resources.events) };
}

describe("Events for tenants", () => {
  it("say it once, about the tenant's own object", async () => {
    const { events, told } = setUp();
    for (let time = 0; time < 5; time += 1) await events.report(pod, anObject("web"), "SyncFailed", "quota");
    expect(told()).toHaveLength(1);
    expect(told()[0]).toMatchObject({
      involvedObject: { kind: "Pod", name: "web", namespace: "default", uid: "uid-web" },
      reason: "SyncFailed",
      message: "quota",
      type: "Warning",
      count: 1,
    });
  });

  it("count what was repeated when they are told again", async () => {
    const { clock, events, told } = setUp();
    for (let time = 0; time < 5; time += 1) await events.report(pod, anObject("web"), "SyncFailed", "quota");
    await clock.advance(60_000);
    await events.report(pod, anObject("web"), "SyncFailed", "quota");
    expect(told().map(({ count }) => count)).toEqual([6]);
  });

  it("are limited, so that one tenant cannot flood its own API", async () => {
    const { clock, events, told } = setUp();
    const flood = async (from: number) => {
      for (let index = from; index < from + 200; index += 1) {
        await events.report(pod, anObject(`web-${index}`), "SyncFailed", "quota");
      }
    };
    await flood(0);
    expect(told()).toHaveLength(50);
    await clock.advance(5_000);
    await flood(200);
    expect(told()).toHaveLength(60);
  });

  it("never fail the work that they tell about", async () => {
    const { client, events } = setUp();
    client.outage();
    await expect(events.report(pod, anObject("web"), "SyncFailed", "quota")).resolves.toBeUndefined();
  });
});
