import { finalizer, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { ownedTypes } from "../../objects/owned-types.ts";
import { condition, namespace, runningHost, statusOf } from "../../testing/demo-cluster.ts";
import { startTestHost } from "../../testing/test-host.ts";

describe("deletion", () => {
  it("takes the namespace away and lets the object go when it is gone", async () => {
    await using host = await runningHost();
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    await host.reconcile("demo");
    await host.reconcile("demo");
    expect(host.cluster("demo")).toBeUndefined();
    expect(host.server.object(resources.namespaces, { name: namespace })).toBeUndefined();
    for (const type of Object.values(ownedTypes))
      if (type.namespaced) expect(host.server.objects(type, namespace)).toEqual([]);
  });

  it.each(["Secret", "StatefulSet", "RoleBinding"] as const)("works when creation stopped before %s", async (kind) => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    const { plural } = ownedTypes[kind];
    host.server.faults.add({
      fault: { kind: "answer", status: 500 },
      when: (seen) => seen.verb === "apply" && seen.plural === plural,
    });
    await expect(host.reconcile("demo")).rejects.toThrow();
    expect(host.server.objects(ownedTypes[kind], namespace)).toEqual([]);
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    host.server.faults.clear();
    await host.reconcile("demo");
    await host.reconcile("demo");
    expect(host.cluster("demo")).toBeUndefined();
    expect(host.server.object(resources.namespaces, { name: namespace })).toBeUndefined();
  });

  it("keeps the object while the namespace is still there, and says what holds it", async () => {
    await using host = await runningHost();
    const held = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "held", namespace, finalizers: ["example.com/hold"] },
    };
    await host.client.create(resources.configmaps, held);
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    await host.reconcile("demo");
    expect(await host.reconcile("demo")).toEqual({ after: 500 });
    expect(statusOf(host).phase).toBe("Deleting");
    const since = host.server.object(resources.namespaces, { name: namespace })?.metadata.deletionTimestamp ?? "";
    host.clock.jump(Date.parse(since) + 61_000 - host.clock.now());
    await host.reconcile("demo");
    expect(condition(host, "NamespaceReady")).toMatchObject({ reason: "DeletionBlocked" });
    expect(host.cluster("demo")?.metadata.finalizers).toEqual([finalizer]);
  });
});
