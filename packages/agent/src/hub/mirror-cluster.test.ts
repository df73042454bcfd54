import { annotations, nestedClusters } from "@inkube/api";
import { createClient, type KubeObject, systemClock } from "@inkube/kube";
import { collectingLogger, FakeClock, seededRandom, startFakeApiServer } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { cacheOf } from "../objects/owned-caches.ts";
import { mirrorCluster } from "./mirror-cluster.ts";
import type { WantedCluster } from "./wanted-state.ts";

const signal = new AbortController().signal;
const ref = { namespace: "team", name: "web" };

function wanted(changes: Partial<WantedCluster> = {}): WantedCluster {
  const spec = { host: "edge", size: { cpu: "1" } };
  return { type: "cluster", project: "team", name: "web", uid: "u1", generation: 3, spec, deleting: false, ...changes };
}

async function startHost() {
  const server = await startFakeApiServer({ namespaceController: true, random: seededRandom(1) });
  server.register(nestedClusters);
  const client = createClient(server.config);
  const logger = collectingLogger();
  const clusters = cacheOf({ client, clock: systemClock, random: seededRandom(2), logger }, nestedClusters);
  clusters.start();
  await clusters.whenSynced();
  const dependencies = { client, clock: new FakeClock(), clusters, logger };
  return {
    client,
    server,
    mirror: (line: WantedCluster) => mirrorCluster(dependencies, line, signal),
    /** Until the cache shows what the server has. */
    async seen(check: (object: KubeObject | undefined) => boolean) {
      while (!check(clusters.get(ref.name, ref.namespace))) await systemClock.sleep(5);
    },
    async [Symbol.asyncDispose]() {
      await clusters.stop();
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("mirrorCluster", () => {
  it("makes project and nested cluster, without what only the hub needs to know", async () => {
    await using host = await startHost();
    await host.mirror(wanted());
    const made = await host.client.get(nestedClusters, ref);
    expect(made?.spec).toEqual({ size: { cpu: "1" } });
    expect(made?.metadata.annotations).toMatchObject({ [annotations.hubUid]: "u1", [annotations.hubGeneration]: "3" });
  });

  it("writes nothing when everything is there already, and takes away what is not wanted any more", async () => {
    await using host = await startHost();
    await host.mirror(wanted({ labels: { team: "a" } }));
    await host.seen((object) => object !== undefined);
    const before = await host.client.get(nestedClusters, ref);
    await host.mirror(wanted({ labels: { team: "a" } }));
    expect((await host.client.get(nestedClusters, ref))?.metadata.resourceVersion).toBe(
      before?.metadata.resourceVersion,
    );
    await host.mirror(wanted());
    expect((await host.client.get(nestedClusters, ref))?.metadata.labels ?? {}).toEqual({});
  });

  it("never touches one that was created on the host, and says so", async () => {
    await using host = await startHost();
    await host.client.create(nestedClusters, { metadata: ref, spec: { own: true } });
    const report = await host.mirror(wanted());
    expect(report?.status).toMatchObject({ phase: "Failed" });
    expect(JSON.stringify(report?.status)).toContain("NameTakenOnHost");
    expect((await host.client.get(nestedClusters, ref))?.spec).toEqual({ own: true });
    expect(await host.mirror(wanted({ deleting: true }))).toMatchObject({ gone: true });
    expect(await host.client.get(nestedClusters, ref)).toBeDefined();
  });

  it("deletes what the hub deletes, and says when nothing is left", async () => {
    await using host = await startHost();
    await host.mirror(wanted());
    await host.seen((object) => object !== undefined);
    expect(await host.mirror(wanted({ deleting: true }))).not.toHaveProperty("gone");
    await host.seen((object) => object === undefined);
    expect(await host.mirror(wanted({ deleting: true }))).toMatchObject({ uid: "u1", gone: true });
  });

  it("does not take the one before for one that was made again under its name", async () => {
    await using host = await startHost();
    await host.mirror(wanted());
    await host.seen((object) => object !== undefined);
    expect(await host.mirror(wanted({ uid: "u2" }))).toBeUndefined();
    await host.seen((object) => object === undefined);
    await host.mirror(wanted({ uid: "u2" }));
    expect((await host.client.get(nestedClusters, ref))?.metadata.annotations?.[annotations.hubUid]).toBe("u2");
  });

  it("tells the hub's own generation where this host's is meant, and never where it was placed", async () => {
    await using host = await startHost();
    await host.mirror(wanted());
    await host.seen((object) => object !== undefined);
    const generation = (await host.client.get(nestedClusters, ref))?.metadata.generation ?? 0;
    const conditions = [{ type: "Ready", status: "True", reason: "Ready", observedGeneration: generation }];
    const status = { host: "elsewhere", observedGeneration: generation, conditions };
    await host.client.patch(nestedClusters, ref, { status }, { type: "merge", subresource: "status" });
    await host.seen((object) => object?.status !== undefined);
    const report = await host.mirror(wanted());
    expect(report?.status).toMatchObject({ observedGeneration: 3, conditions: [{ observedGeneration: 3 }] });
    expect(report?.status).not.toHaveProperty("host");
  });
});
