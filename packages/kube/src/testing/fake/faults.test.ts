import { describe, expect, it } from "vitest";
import { createClient } from "../../client/create-client.ts";
import { resources } from "../../resources.ts";
import { aConfigMap } from "../builders.ts";
import { readWatch, refusal, story } from "../contract/scene.ts";
import { FakeClock } from "../fake-clock.ts";
import { seededRandom } from "../seeded-random.ts";
import { type FakeApiServerOptions, startFakeApiServer } from "./fake-api-server.ts";

const { configmaps } = resources;
const ref = { namespace: "default", name: "config" };

async function start(options: FakeApiServerOptions = {}) {
  const server = await startFakeApiServer(options);
  const client = createClient(server.config);
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("Faults of the fake API server", () => {
  it("drop a connection before the write, so that nothing happened", async () => {
    await using scene = await start();
    scene.server.faults.add({ fault: { kind: "dropBefore" }, when: (request) => request.verb === "create" });
    await refusal(scene.client.create(configmaps, aConfigMap()), "unreachable");
    expect(scene.server.object(configmaps, ref)).toBeUndefined();
  });

  it("drop a connection after the write, so that the client cannot know of it", async () => {
    await using scene = await start();
    scene.server.faults.add({ fault: { kind: "dropAfter" }, when: (request) => request.verb === "create" });
    await refusal(scene.client.create(configmaps, aConfigMap()), "unreachable");
    expect(scene.server.object(configmaps, ref)).toBeDefined();
  });

  it("answer with a status, as often as asked, without doing anything", async () => {
    await using scene = await start();
    const fault = { kind: "answer", status: 429, retryAfterSeconds: 7 } as const;
    scene.server.faults.add({ fault, times: 2 });
    const first = await refusal(scene.client.create(configmaps, aConfigMap()), "throttled");
    expect(first.retryAfterMs).toBe(7000);
    await refusal(scene.client.create(configmaps, aConfigMap()), "throttled");
    expect(scene.server.objects(configmaps)).toEqual([]);
    await scene.client.create(configmaps, aConfigMap());
  });

  it("delay an answer until the clock says so", async () => {
    const clock = new FakeClock();
    await using scene = await start({ clock });
    scene.server.faults.add({ fault: { kind: "delay", ms: 1000 }, times: 1 });
    const creating = scene.client.create(configmaps, aConfigMap());
    await waitFor(() => clock.sleeping === 1);
    await clock.advance(999);
    expect(scene.server.object(configmaps, ref)).toBeUndefined();
    await clock.advance(1);
    await creating;
  });

  it("strike the same requests for the same seed", async () => {
    const outcomes = async () => {
      await using scene = await start({ random: seededRandom(5) });
      scene.server.faults.add({ fault: { kind: "answer", status: 500 }, probability: 0.5 });
      const codes: string[] = [];
      for (let turn = 0; turn < 20; turn += 1) {
        const got = scene.client.get(configmaps, ref);
        codes.push(
          await got.then(
            () => "ok",
            () => "failed",
          ),
        );
      }
      return codes;
    };
    const first = await outcomes();
    expect(await outcomes()).toEqual(first);
    expect(new Set(first)).toEqual(new Set(["ok", "failed"]));
  });

  it("refuse all connections during an outage and keep the objects", async () => {
    await using scene = await start();
    await scene.client.create(configmaps, aConfigMap());
    scene.server.faults.outage();
    await refusal(scene.client.get(configmaps, ref), "unreachable");
    scene.server.faults.restore();
    expect(await scene.client.get(configmaps, ref)).toBeDefined();
  });

  it("cut watches", async () => {
    await using scene = await start();
    const watch = readWatch(scene.client, configmaps, { resourceVersion: "1" }, () => false);
    await waitFor(() => scene.server.openWatches(configmaps) === 1);
    scene.server.faults.cutWatches();
    await refusal(watch, "unreachable");
    expect(scene.server.openWatches()).toBe(0);
  });

  it("replay events from before the version that a watch asked for", async () => {
    await using scene = await start();
    scene.server.write(configmaps, aConfigMap());
    const { resourceVersion } = scene.server;
    scene.server.faults.add({ fault: { kind: "replayEvents", revisions: 1 } });
    const events = await readWatch(scene.client, configmaps, { resourceVersion }, (all) => story(all).length === 1);
    expect(story(events)).toEqual(["ADDED config"]);
  });

  it("compact the history, so that a watch from before is told to list again", async () => {
    await using scene = await start();
    scene.server.write(configmaps, aConfigMap());
    scene.server.faults.compact();
    await refusal(
      readWatch(scene.client, configmaps, { resourceVersion: "1" }, () => true),
      "gone",
    );
    const { resourceVersion } = scene.server;
    scene.server.write(configmaps, aConfigMap({ data: { k: "v" } }));
    const events = await readWatch(scene.client, configmaps, { resourceVersion }, (all) => story(all).length === 1);
    expect(story(events)).toEqual(["MODIFIED config"]);
  });

  it("forget history by themselves beyond its size", async () => {
    await using scene = await start({ historySize: 5 });
    for (let count = 0; count < 20; count += 1) {
      scene.server.write(configmaps, aConfigMap({ data: { count: `${count}` } }));
    }
    await refusal(
      readWatch(scene.client, configmaps, { resourceVersion: "2" }, () => true),
      "gone",
    );
  });
});

async function waitFor(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
