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

  /** A host with clusters that stay until their finalizer is taken away, and as many watches as that. */
  async function hostWithSlow(...clusters: string[]) {
    const host = await startFakeHost();
    for (const name of clusters) await host.addCluster(name);
    const setFinalizers = (name: string, finalizers: string[] | null) =>
      host.client.patch(nestedClusters, { ...demo, name }, { metadata: { finalizers } }, { type: "merge" });
    for (const name of clusters) await setFinalizers(name, ["inkube.dev/nested-cluster"]);
    const watched = () => eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(clusters.length));
    return { ...host, watched, release: (name: string) => setFinalizers(name, null) };
  }

  it("waits for several at the same time; one that stays does not keep the others", async () => {
    await using host = await hostWithSlow("a", "b");
    const { io, code } = host.start("delete a b --timeout 1m");
    await host.watched();
    await host.release("b");
    await eventually(() => expect(io.err).toContain("Delete b: done\n"));
    expect(io.err).not.toContain("Delete a: done");
    await host.clock.advance(60_000);
    expect(await code).toBe(8);
    expect(io.out).toBe("b is deleted\n");
    expect(io.err).toContain("Delete a: failed\n");
    expect(io.err).toContain("a is not gone after 60s");
  });

  it("goes on when the host refuses one, and exits as the first that failed would have", async () => {
    await using host = await startFakeHost();
    for (const name of ["a", "b", "c"]) await host.addCluster(name);
    const ofB = ({ verb, name }: { verb: string; name: string }) => verb === "delete" && name === "b";
    host.server.faults.add({ fault: { kind: "answer", status: 403 }, when: ofB });
    const { code, out, err } = await host.inkube("delete a b nope c -o json");
    expect(code).toBe(6);
    expect(
      out
        .trim()
        .split("\n")
        .map((text) => JSON.parse(text).name),
    ).toEqual(["a", "c"]);
    const { error } = JSON.parse(err.trim().split("\n").at(-1) ?? "");
    expect(error.code).toBe("KUBE_FORBIDDEN");
    expect(error.details).toMatchObject([
      { name: "b", code: "KUBE_FORBIDDEN" },
      { name: "nope", code: "KUBE_NOT_FOUND" },
    ]);
  });

  it("stops waiting for all of them when interrupted", async () => {
    await using host = await hostWithSlow("a", "b");
    const person = new AbortController();
    const { io, code } = host.start("delete a b", { signal: person.signal });
    await host.watched();
    person.abort();
    expect(await code).toBe(130);
    for (const name of ["a", "b"]) expect(io.err).toContain(`${name} is still being deleted`);
  });

  it("waits for one that is being deleted already, and deletes one that is named twice once", async () => {
    await using host = await hostWithSlow("a");
    await host.inkube("delete a --no-wait");
    const { io, code } = host.start("delete a a");
    await host.watched();
    await host.release("a");
    expect(await code).toBe(0);
    expect(io.out).toBe("a is deleted\n");
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
