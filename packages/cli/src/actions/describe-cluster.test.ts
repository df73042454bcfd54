import { setCondition } from "@inkube/api";
import { resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { readyStatus, startFakeHost, testNow } from "../testing/fake-host.ts";

describe("inkube describe", () => {
  it("is a tree of what is known", async () => {
    await using host = await startFakeHost();
    const status = readyStatus("demo");
    const namespace = status.namespace ?? "";
    const broken = {
      type: "Synced",
      status: "False",
      reason: "Desynced",
      message: "Lost sight.",
      observedGeneration: 1,
    } as const;
    await host.addCluster("demo", { ...status, conditions: setCondition(status.conditions, broken, testNow - 60_000) });
    await host.client.create(resources.pods, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "control-plane-0", namespace },
      spec: { containers: [{ name: "kine", image: "kine" }] },
    });
    const containerStatuses = [
      { name: "kine", ready: true, restartCount: 0, state: { running: {} } },
      { name: "kube-apiserver", ready: false, restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } } },
    ];
    const pod = { namespace, name: "control-plane-0" };
    await host.client.patch(
      resources.pods,
      pod,
      { status: { containerStatuses } },
      { type: "merge", subresource: "status" },
    );
    await host.client.create(resources.events, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "e", namespace },
      involvedObject: { kind: "Pod", name: "control-plane-0" },
      type: "Warning",
      reason: "BackOff",
      message: "again\u001B[2J",
      lastTimestamp: new Date(testNow - 5000).toISOString(),
      count: 4,
    });
    const { code, out } = await host.inkube("describe demo");
    expect(code).toBe(0);
    expect(out).toContain("default/demo  Ready");
    expect(out).toContain("✗ Synced  Desynced  60s\n");
    expect(out).toContain("Lost sight.");
    expect(out).toContain("✓ kine  running\n");
    expect(out).toContain("· kube-apiserver  CrashLoopBackOff, not ready, restarted 3×");
    expect(out).toContain("5s  BackOff  Pod/control-plane-0  again\\u{1b}[2J (4×)");
    expect(JSON.parse((await host.inkube("describe demo -o json")).out)).toMatchObject({
      cluster: { metadata: { name: "demo" } },
      containers: [{ name: "kine" }, { restarts: 3 }],
    });
  });

  it("shows of quotas what matters, everything with -o wide, and all of it to programs", async () => {
    await using host = await startFakeHost();
    const status = readyStatus("demo");
    await host.addCluster("demo", status);
    const metadata = { name: "size", namespace: status.namespace ?? "" };
    await host.client.create(resources.resourcequotas, { apiVersion: "v1", kind: "ResourceQuota", metadata });
    const counted = { hard: { "requests.cpu": "2", secrets: "4000" }, used: { "requests.cpu": "250m", secrets: "9" } };
    const change = { type: "merge", subresource: "status" } as const;
    await host.client.patch(resources.resourcequotas, metadata, { status: counted }, change);
    const { out } = await host.inkube("describe demo");
    expect(out).toContain("│  ├─ cpu        250m   2\n│  └─ 1 more with -o wide\n");
    expect(out).not.toContain("secrets");
    expect((await host.inkube("describe demo -o wide")).out).toContain("│  └─ secrets    9      4000\n");
    expect(JSON.parse((await host.inkube("describe demo -o json")).out).usage).toEqual([
      { resource: "requests.cpu", used: "250m", limit: "2" },
      { resource: "secrets", used: "9", limit: "4000" },
    ]);
  });

  it("also works without rights in the host namespace", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo", readyStatus("demo"));
    const secretive = (request: { namespace: string }) => request.namespace.startsWith("inkube-");
    host.server.faults.add({ fault: { kind: "answer", status: 403 }, when: secretive });
    expect(await host.inkube("describe demo")).toMatchObject({
      code: 0,
      out: expect.stringContaining("Control plane: only visible on its host"),
    });
  });

  it("of one on another host shows what the hub knows, and nothing of the host that is asked", async () => {
    await using host = await startFakeHost();
    await host.addCluster("far", { ...readyStatus("far"), host: "edge" });
    const { code, out } = await host.inkube("describe far");
    expect([code, out]).toEqual([0, expect.stringContaining("Control plane: only visible on its host")]);
    for (const command of ["logs far", "explain pod/web --cluster far"]) {
      const refused = await host.inkube(command);
      expect([command, refused.code]).toEqual([command, 2]);
      expect(refused.err).toContain("far runs on host edge, not on this one");
    }
  });

  it.each(["describe", "kubeconfig", "logs", "connect"])(
    "%s of a cluster that is not there exits with 3",
    async (name) => {
      await using host = await startFakeHost();
      expect(await host.inkube(`${name} nope`)).toMatchObject({
        code: 3,
        err: expect.stringContaining("no nested cluster nope"),
      });
    },
  );
});
