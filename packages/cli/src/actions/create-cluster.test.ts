import { nestedClusters, setCondition } from "@inkube/api";
import { describe, expect, it, vi } from "vitest";
import { readyStatus, startFakeHost, testNow } from "../testing/fake-host.ts";

const demo = { namespace: "default", name: "demo" };

/** Waits for something that another part of the same process is about to do. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

describe("inkube create", () => {
  it("asks first without creating, then creates what the options say", async () => {
    await using host = await startFakeHost();
    const line = "create demo --no-wait --cpu 4 --pods 20 --endpoint NodePort --pod-security restricted --distro k8s";
    const { code, out } = await host.inkube(line);
    expect({ code, out }).toEqual({ code: 0, out: "demo is created\n" });
    expect(host.server.object(nestedClusters, demo)?.spec).toEqual({
      distro: "k8s",
      podSecurity: "restricted",
      size: { cpu: "4", pods: 20 },
      endpoint: { type: "NodePort" },
    });
    expect(host.server.requests.filter((request) => request.verb === "create")).toHaveLength(2);
  });

  it("takes a file from standard input, with options over it", async () => {
    await using host = await startFakeHost();
    const stdin = `apiVersion: inkube.dev/v1alpha1
kind: NestedCluster
metadata: {name: demo, labels: {team: a}}
spec: {size: {cpu: "1", memory: 2Gi}}`;
    expect((await host.inkube("create -f - --cpu 3 --no-wait", { stdin })).code).toBe(0);
    const created = host.server.object(nestedClusters, demo);
    expect(created?.spec).toEqual({ size: { cpu: "3", memory: "2Gi" } });
    expect(created?.metadata.labels).toEqual({ team: "a" });
  });

  const badFiles: [string, string, RegExp][] = [
    ["another kind", "{apiVersion: v1, kind: Pod, metadata: {name: demo}}", /not a NestedCluster/],
    ["two documents", "{a: 1}\n---\n{b: 2}", /not one YAML document/],
    ["nothing", "", /not one YAML document/],
    ["another name", "{apiVersion: inkube.dev/v1alpha1, kind: NestedCluster, metadata: {name: other}}", /about other/],
  ];
  it.each(badFiles)("refuses a file with %s", async (_title, stdin, message) => {
    await using host = await startFakeHost();
    const { code, err } = await host.inkube("create demo -f -", { stdin });
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it("refuses a name that is taken, and a project that is not there", async () => {
    await using host = await startFakeHost({ requireNamespaces: true });
    expect(await host.inkube("create demo -n nowhere")).toMatchObject({
      code: 3,
      err: expect.stringContaining("no project nowhere"),
    });
    await using other = await startFakeHost();
    await other.addCluster("demo");
    expect(await other.inkube("create demo")).toMatchObject({ code: 4, err: expect.stringContaining("already") });
  });

  it("waits until it is ready, tells what happens meanwhile, and says where it is", async () => {
    await using host = await startFakeHost();
    const { io, code } = host.start("create demo");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    const starting = {
      status: "False",
      reason: "ContainersStarting",
      message: "Pulling images.",
      observedGeneration: 1,
    } as const;
    await host.setStatus("demo", { conditions: setCondition([], { ...starting, type: "ControlPlaneReady" }, testNow) });
    await eventually(() => expect(io.err).toContain("Control plane: working: Pulling images."));
    await host.setStatus("demo", readyStatus("demo"));
    expect(await code).toBe(0);
    expect(io.out).toBe("demo is ready at https://192.0.2.1:30443\n");
    expect(io.err).toContain("inkube connect demo");
  });

  it("goes on waiting through a lost connection", async () => {
    await using host = await startFakeHost();
    const { code } = host.start("create demo");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    host.server.faults.outage();
    await eventually(() => expect(host.clock.sleeping).toBe(2));
    host.server.faults.restore();
    await host.setStatus("demo", readyStatus("demo"));
    await host.clock.advance(1000);
    expect(await code).toBe(0);
  });

  it("gives up after the timeout with the reason, and leaves the cluster", async () => {
    await using host = await startFakeHost();
    const { io, code } = host.start("create demo --timeout 90s");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    const failing = {
      status: "False",
      reason: "ImagePullFailed",
      message: "No such image.",
      observedGeneration: 1,
    } as const;
    await host.setStatus("demo", { conditions: setCondition([], { ...failing, type: "ControlPlaneReady" }, testNow) });
    await eventually(() => expect(io.err).toContain("Control plane: failed: No such image."));
    await host.clock.advance(90_000);
    expect(await code).toBe(8);
    expect(io.err).toContain("demo is not ready after 90s: ImagePullFailed: No such image.");
    expect(host.server.object(nestedClusters, demo)).toBeDefined();
  });

  it("ends cleanly on Ctrl-C and says how to go on", async () => {
    await using host = await startFakeHost();
    const interrupt = new AbortController();
    const { io, code } = host.start("create demo", { signal: interrupt.signal });
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    interrupt.abort();
    expect(await code).toBe(130);
    expect(io.err).toContain("still being made");
    expect(io.err).toContain("inkube describe demo");
  });

  it("stops waiting when the agent gave up", async () => {
    await using host = await startFakeHost();
    const { io, code } = host.start("create demo");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    await host.setStatus("demo", { phase: "Failed" });
    expect(await code).toBe(8);
    expect(io.err).toContain("demo cannot be made");
  });

  it("stops waiting when somebody deleted it", async () => {
    await using host = await startFakeHost();
    const { code } = host.start("create demo");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    await host.client.delete(nestedClusters, demo);
    expect(await code).toBe(3);
  });
});
