import type { NestedCluster } from "@inkube/api";
import { createClient, resources } from "@inkube/kube";
import { collectingLogger, FakeClock, seededRandom, startFakeApiServer } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { createEventRecorder } from "./event-recorder.ts";
import type { Happening } from "./transitions.ts";

const cluster = { metadata: { name: "demo", namespace: "team", uid: "u-1" } } as NestedCluster;
const degraded: Happening = { type: "Warning", reason: "Degraded", message: "Desynced: Words." };

async function startRecorder() {
  const server = await startFakeApiServer({ random: seededRandom(1) });
  const client = createClient(server.config);
  const clock = new FakeClock();
  const logger = collectingLogger();
  return {
    server,
    clock,
    logger,
    recorder: createEventRecorder({ client, clock, logger }),
    events: () => server.objects(resources.events, "team"),
    async [Symbol.asyncDispose]() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("an event recorder", () => {
  it("writes Events about the object, where kubectl describe looks for them", async () => {
    await using t = await startRecorder();
    await t.recorder.record(cluster, [degraded]);
    expect(t.events()).toMatchObject([
      {
        involvedObject: { kind: "NestedCluster", name: "demo", namespace: "team", uid: "u-1" },
        type: "Warning",
        reason: "Degraded",
        message: "Desynced: Words.",
        source: { component: "inkube-agent" },
        firstTimestamp: "2026-01-01T00:00:00Z",
        count: 1,
      },
    ]);
  });

  it("counts what happens again, and keeps apart what differs or happens to a namesake", async () => {
    await using t = await startRecorder();
    await t.recorder.record(cluster, [degraded]);
    t.clock.jump(60_000);
    await t.recorder.record(cluster, [degraded]);
    expect(t.events()).toMatchObject([
      { count: 2, firstTimestamp: "2026-01-01T00:00:00Z", lastTimestamp: "2026-01-01T00:01:00Z" },
    ]);
    await t.recorder.record(cluster, [{ ...degraded, message: "Other words." }]);
    await t.recorder.record({ ...cluster, metadata: { ...cluster.metadata, uid: "u-2" } }, [degraded]);
    expect(t.events()).toHaveLength(3);
  });

  it("cuts what is too long for an Event", async () => {
    await using t = await startRecorder();
    await t.recorder.record(cluster, [{ ...degraded, message: "x".repeat(5000) }]);
    expect(t.events().map(({ message }) => String(message).length)).toEqual([1024]);
  });

  it("does not throw when the host takes no Events", async () => {
    await using t = await startRecorder();
    t.server.faults.add({ fault: { kind: "answer", status: 403 }, when: ({ plural }) => plural === "events" });
    await t.recorder.record(cluster, [degraded]);
    expect(t.events()).toEqual([]);
    expect(t.logger.entries.map(({ message }) => message)).toEqual(["Could not write Event"]);
  });
});
