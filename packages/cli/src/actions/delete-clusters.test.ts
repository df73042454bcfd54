import { nestedClusters, setCondition } from "@inkube/api";
import { describe, expect, it, vi } from "vitest";
import { startFakeHost, testNow } from "../testing/fake-host.ts";

const demo = { namespace: "default", name: "demo" };

/** Waits for something that another part of the same process is about to do. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

describe("inkube delete", () => {
  it("waits until nothing is left and shows what holds it", async () => {
    await using host = await startFakeHost();
    const created = await host.addCluster("demo");
    const finalizers = ["inkube.dev/nested-cluster"];
    await host.client.patch(nestedClusters, demo, { metadata: { finalizers } }, { type: "merge" });
    const { io, code } = host.start("delete demo --yes");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    const blocked = {
      type: "Ready",
      status: "False",
      reason: "DeletionBlocked",
      message: "A volume stays.",
      observedGeneration: 1,
    } as const;
    await host.setStatus("demo", { conditions: setCondition([], blocked, testNow) });
    await eventually(() => expect(io.err).toContain("Delete demo: working: A volume stays."));
    await host.client.patch(nestedClusters, demo, { metadata: { finalizers: null } }, { type: "merge" });
    expect(await code).toBe(0);
    expect(io.out).toBe("demo is deleted\n");
    expect(host.server.objects(nestedClusters).map((object) => object.metadata.uid)).not.toContain(
      created.metadata.uid,
    );
  });

  it("deletes all that are there before it reports one that is not", async () => {
    await using host = await startFakeHost();
    await host.addCluster("a");
    await host.addCluster("b");
    const { code, out, err } = await host.inkube("delete a nope b");
    expect(code).toBe(3);
    expect(out).toBe("a is deleted\nb is deleted\n");
    expect(err).toContain("no nested cluster nope");
  });

  it("asks a person first and takes no for an answer", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo");
    expect((await host.inkube("delete demo", { answer: false })).code).toBe(130);
    expect(host.server.object(nestedClusters, demo)).toBeDefined();
    expect((await host.inkube("delete demo", { answer: true })).code).toBe(0);
    expect(host.server.object(nestedClusters, demo)).toBeUndefined();
  });
});
