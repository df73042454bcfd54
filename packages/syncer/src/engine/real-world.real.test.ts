import { names } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import { realApiServerAvailable } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { eventually, startRealWorld } from "./testing/real-world.ts";

const namespace = "default";

function pod(name: string, spec: object = {}): KubeObject {
  const containers = [{ name: "main", image: "registry.k8s.io/pause:3.10.1" }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: { dnsPolicy: "Default", containers, ...spec },
  };
}

const phaseOf = (object: KubeObject | undefined) => (object?.status as { phase?: string } | undefined)?.phase;

describe.skipIf(!(await realApiServerAvailable()))("the sync between two real API servers", () => {
  it("carries a cluster's whole life: nodes, pods with their references and tokens, refusals, deletions", async () => {
    await using world = await startRealWorld();
    const { host, nested, hostNamespace } = world;
    expect((await nested.get(resources.nodes, { name: "node-1" }))?.metadata.labels).toMatchObject({ disk: "fast" });

    await nested.create(resources.secrets, { metadata: { name: "creds", namespace }, stringData: { key: "secret" } });
    await nested.create(resources.configmaps, { metadata: { name: "unused", namespace }, data: { key: "value" } });
    const volumes = [{ name: "creds", secret: { secretName: "creds" } }];
    await nested.create(resources.pods, pod("web", { volumes }));
    await eventually(async () => phaseOf(await nested.get(resources.pods, { namespace, name: "web" })) === "Running");
    const inside = await nested.get(resources.pods, { namespace, name: "web" });
    expect(inside?.spec).toMatchObject({ nodeName: "node-1" });
    const onHost = await host.list(resources.secrets, {
      namespace: hostNamespace,
      labelSelector: "inkube.dev/managed-by=syncer",
    });
    expect(onHost.items.map(({ metadata }) => metadata.name).sort()).toEqual([
      "creds-x-default-x-demo",
      "web-x-default-x-demo-tokens",
    ]);
    expect(
      await host.get(resources.configmaps, { namespace: hostNamespace, name: "unused-x-default-x-demo" }),
    ).toBeUndefined();

    await nested.create(resources.services, {
      metadata: { name: "web", namespace },
      spec: { ports: [{ port: 80 }], selector: { app: "web" } },
    });
    await eventually(
      async () =>
        (await host.get(resources.services, { namespace: hostNamespace, name: "web-x-default-x-demo" })) !== undefined,
    );

    await host.create(resources.resourcequotas, {
      metadata: { name: "size", namespace: hostNamespace },
      spec: { hard: { pods: "1" } },
    });
    await host.patch(
      resources.resourcequotas,
      { namespace: hostNamespace, name: "size" },
      { status: { hard: { pods: "1" }, used: { pods: "1" } } },
      { type: "merge", subresource: "status" },
    );
    // The host's API server learns of a quota by a watch.
    await eventually(async () => {
      const metadata = { name: "another", namespace: hostNamespace };
      const another = { ...pod("another", { serviceAccountName: names.workloadServiceAccount }), metadata };
      const refusal = await host.create(resources.pods, another, { dryRun: true }).then(() => "", String);
      return refusal.includes("exceeded quota");
    });
    await nested.create(resources.pods, pod("refused"));
    const told = async () =>
      (await nested.list(resources.events, { namespace })).items.filter(({ reason }) => reason === "SyncFailed");
    await eventually(async () => (await told()).length > 0);
    const message = String((await told())[0]?.message);
    expect(message).toContain("exceeded quota");
    expect(message).not.toContain("-x-default");
    expect(message).not.toContain(hostNamespace);
    await host.delete(resources.resourcequotas, { namespace: hostNamespace, name: "size" });
    await eventually(
      async () => phaseOf(await nested.get(resources.pods, { namespace, name: "refused" })) === "Running",
    );

    for (const name of ["web", "refused"]) await nested.delete(resources.pods, { namespace, name });
    await nested.delete(resources.services, { namespace, name: "web" });
    const left = async () => {
      const lists = await Promise.all(
        [resources.pods, resources.services, resources.secrets].map((type) =>
          host.list(type, { namespace: hostNamespace, labelSelector: "inkube.dev/managed-by=syncer" }),
        ),
      );
      return lists.flatMap(({ items }) => items);
    };
    await eventually(async () => (await left()).length === 0);
    expect((await nested.list(resources.pods, { namespace })).items).toEqual([]);
    expect(world.log.entries.filter(({ level }) => level === "error")).toEqual([]);
  });
});
