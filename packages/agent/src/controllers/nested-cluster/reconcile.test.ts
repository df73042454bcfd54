import { finalizer, names, nestedClusters } from "@inkube/api";
import { type ResourceType, resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { ownedTypes } from "../../objects/owned-types.ts";
import {
  condition,
  healthy,
  namespace,
  running,
  runningHost,
  saySynced,
  statusOf,
} from "../../testing/demo-cluster.ts";
import { putPod, startTestHost, type TestHost, unreachable } from "../../testing/test-host.ts";

const writes = (host: TestHost): string[] =>
  host.server.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);

describe("a new nested cluster", () => {
  it("gets its namespace, limits, certificates and control plane in one go", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    await host.reconcile("demo");
    const made = Object.entries(ownedTypes).flatMap(([kind, type]) =>
      host.server
        .objects(type as ResourceType, type.namespaced ? namespace : undefined)
        .map(({ metadata }) => `${kind}/${metadata.name}`),
    );
    expect(made.sort()).toMatchInlineSnapshot(`
      [
        "LimitRange/defaults",
        "Namespace/inkube-team-demo-c79aa",
        "NetworkPolicy/control-plane",
        "NetworkPolicy/workloads",
        "PersistentVolumeClaim/data-control-plane-0",
        "ResourceQuota/size",
        "ResourceQuota/storage",
        "RoleBinding/syncer",
        "Secret/egress",
        "Secret/kubeconfig",
        "Secret/kubeconfig-syncer",
        "Secret/pki",
        "Service/control-plane",
        "Service/control-plane-pods",
        "ServiceAccount/workload",
        "StatefulSet/control-plane",
      ]
    `);
    expect(host.cluster("demo")?.metadata.finalizers).toEqual([finalizer]);
    expect(statusOf(host)).toMatchObject({ phase: "Provisioning", namespace, distro: "k8s", version: "v1.34.4" });
  });

  it("is ready when the control plane, the endpoint and the syncer say so", async () => {
    await using host = await runningHost();
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "True", reason: "ControlPlaneAnswers" });
    expect(condition(host, "EndpointReachable")).toMatchObject({ status: "True", reason: "EndpointAnswers" });
    expect(condition(host, "Ready")).toMatchObject({ status: "False", reason: "SyncStarting" });
    await saySynced(host);
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ status: "True", reason: "Ready" });
    expect(statusOf(host).phase).toBe("Ready");
    expect(condition(host, "Synced"), "the syncer's own condition stays").toBeDefined();
  });

  it("has its way told in Events of its object, each once", async () => {
    await using host = await runningHost();
    await saySynced(host);
    for (let round = 0; round < 3; round += 1) await host.reconcile("demo");
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    await host.reconcile("demo");
    const told = host.server
      .objects(resources.events, "team")
      .map(({ type, reason, count }) => `${type} ${reason} ${count}`);
    expect(told.sort()).toEqual(["Normal Created 1", "Normal Deleting 1", "Normal Ready 1"]);
  });

  it("comes to be on a host that takes no Events", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    host.server.faults.add({
      fault: { kind: "answer", status: 403 },
      when: ({ plural, verb }) => plural === "events" && verb === "create",
    });
    await host.reconcile("demo");
    expect(statusOf(host).phase).toBe("Provisioning");
  });

  it("writes nothing when nothing changed", async () => {
    await using host = await runningHost();
    await host.reconcile("demo");
    expect(writes(host)).toEqual([]);
  });

  it("asks the API itself while the kubelet's probe is still to come", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    await host.reconcile("demo");
    await putPod(host, namespace, { containerStatuses: [running("kine"), running("kube-apiserver", false)] });
    expect(await host.reconcile("demo")).toEqual({ after: 150 });
    host.answer = { ready: true };
    await host.reconcile("demo");
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "True" });
  });
});

describe("what takes a moment at every start", () => {
  const unscheduled = (message: string) => ({ conditions: [{ type: "PodScheduled", status: "False", message }] });
  const unbound = unscheduled("pod has unbound immediate PersistentVolumeClaims");
  /** A cluster whose pod was made at the same moment as its claim, and is that old. */
  async function hostWithPod(status: object, ageMs: number): Promise<TestHost> {
    const host = await startTestHost({ stampedByTest: true });
    const storage = { size: "1Gi", storageClassName: "fast" };
    await host.createCluster("demo", { datastore: { type: "sqlite", storage } });
    await host.reconcile("demo");
    await putPod(host, namespace, status);
    const claim = host.server.object(resources.persistentvolumeclaims, { namespace, name: names.dataClaim });
    host.clock.jump(Date.parse(claim?.metadata.creationTimestamp ?? "") + ageMs - host.clock.now());
    return host;
  }

  it("is calm progress before it is trouble, and is looked at when it may have become that", async () => {
    await using host = await hostWithPod(unbound, 12_000);
    expect(await host.reconcile("demo")).toMatchObject({ after: expect.toSatisfy((ms: number) => ms <= 5000) });
    const { reason, message } = condition(host, "Ready") ?? {};
    expect(reason).toBe("ContainersStarting");
    expect(message).toContain("The datastore's volume is being provisioned.");
    expect(message).not.toContain("storage class");
    host.clock.jump(5000);
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ reason: "VolumePending" });
  });

  it("includes the way to an API server that is ready by its kubelet's word", async () => {
    await using host = await hostWithPod(healthy, 0);
    host.answer = unreachable;
    await host.reconcile("demo");
    expect(await host.reconcile("demo")).toEqual({ after: 1000 });
    expect(condition(host, "EndpointReachable")).toMatchObject({ reason: "Waiting" });
    host.clock.jump(16_000);
    await host.reconcile("demo");
    expect(condition(host, "EndpointReachable")).toMatchObject({ reason: "EndpointUnreachable" });
  });
});
