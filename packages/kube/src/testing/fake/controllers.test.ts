import { describe, expect, it } from "vitest";
import { createClient } from "../../client/create-client.ts";
import { resources } from "../../resources.ts";
import type { KubeObject } from "../../types.ts";
import { aConfigMap, aNamespace, aPod } from "../builders.ts";
import { eventually } from "../contract/scene.ts";
import { startFakeApiServer } from "./fake-api-server.ts";

const { configmaps, namespaces, pods } = resources;

function ownedBy(owner: KubeObject, name: string, fields: { blockOwnerDeletion?: boolean } = {}): KubeObject {
  const { uid = "", name: ownerName } = owner.metadata;
  const reference = { apiVersion: "v1", kind: "ConfigMap", name: ownerName, uid, ...fields };
  return aConfigMap({ metadata: { name, ownerReferences: [reference] } });
}

describe("The controllers of the fake API server", () => {
  it("delete what an owner leaves behind, over several generations", async () => {
    await using server = await startFakeApiServer({ garbageCollector: true });
    const client = createClient(server.config);
    const owner = server.write(configmaps, aConfigMap());
    const child = server.write(configmaps, ownedBy(owner, "child"));
    server.write(configmaps, ownedBy(child, "grandchild"));
    server.write(configmaps, aConfigMap({ metadata: { name: "stranger" } }));
    await client.delete(configmaps, { namespace: "default", name: "config" });
    await eventually(() => server.objects(configmaps).length === 1);
    expect(server.objects(configmaps)[0]?.metadata.name).toBe("stranger");
    await client.close();
  });

  it("delete dependents first in the foreground", async () => {
    await using server = await startFakeApiServer({ garbageCollector: true });
    const client = createClient(server.config);
    const owner = server.write(configmaps, aConfigMap());
    const child = ownedBy(owner, "child", { blockOwnerDeletion: true });
    server.write(configmaps, { ...child, metadata: { ...child.metadata, finalizers: ["inkube.dev/wait"] } });
    const ref = { namespace: "default", name: "child" };
    await client.delete(configmaps, { namespace: "default", name: "config" }, { propagation: "Foreground" });
    await eventually(() => server.object(configmaps, ref)?.metadata.deletionTimestamp);
    expect(server.object(configmaps, { namespace: "default", name: "config" })).toBeDefined();
    await client.patch(configmaps, ref, { metadata: { finalizers: null } }, { type: "merge" });
    await eventually(() => server.objects(configmaps).length === 0);
    await client.close();
  });

  it("set dependents free when they are orphaned", async () => {
    await using server = await startFakeApiServer({ garbageCollector: true });
    const client = createClient(server.config);
    const owner = server.write(configmaps, aConfigMap());
    server.write(configmaps, ownedBy(owner, "child"));
    await client.delete(configmaps, { namespace: "default", name: "config" }, { propagation: "Orphan" });
    await eventually(() => server.objects(configmaps).length === 1);
    expect(server.objects(configmaps)[0]?.metadata.ownerReferences).toEqual([]);
    await client.close();
  });

  it("empty a deleted namespace, then remove it", async () => {
    await using server = await startFakeApiServer({ namespaceController: true });
    const client = createClient(server.config);
    server.write(namespaces, aNamespace({ metadata: { name: "default" } }));
    server.write(configmaps, aConfigMap());
    server.write(pods, aPod());
    await client.delete(namespaces, { name: "default" });
    await eventually(() => server.objects(namespaces).length === 0);
    expect([...server.objects(configmaps), ...server.objects(pods)]).toEqual([]);
    await client.close();
  });
});
