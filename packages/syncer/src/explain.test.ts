import { type KubeObject, resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { SyncWorld } from "./engine/testing/sync-world.ts";
import { explain } from "./explain.ts";

const namespace = "default";

async function explained(world: SyncWorld, kind: string, name: string): Promise<string[]> {
  const identity = { project: "team", name: "demo", uid: "cluster-1", hostNamespace: world.hostNamespace };
  const { nested, host } = world.clients;
  const steps = await explain({ nested, host, identity, clusterDomain: "cluster.local", kind, namespace, name });
  return steps.map(({ state, what, detail }) => `${state} ${what}: ${detail}`);
}

function aMap(name: string): KubeObject {
  return { metadata: { name, namespace }, data: { key: "value" } };
}

function aPod(name: string, configMap: string): KubeObject {
  const volumes = [{ name: "settings", configMap: { name: configMap } }];
  const containers = [{ name: "main", image: "x" }];
  return { metadata: { name, namespace }, spec: { dnsPolicy: "Default", containers, volumes } };
}

describe("explain", () => {
  it("says that there is no such object, and which kinds are synced", async () => {
    const world = new SyncWorld(1);
    expect(await explained(world, "pod", "web")).toEqual(["blocked Inside: There is no Pod web in namespace default."]);
    expect((await explained(world, "deployments", "web"))[0]).toContain("stay inside");
  });

  it("says why an object is not on the host", async () => {
    const world = new SyncWorld(1);
    world.stores.nested.create(resources.configmaps, aMap("settings"));
    expect(await explained(world, "configmaps", "settings")).toContain("info Decision: No pod uses it.");
  });

  it("says what an object waits for, and where its copy will be", async () => {
    const world = new SyncWorld(1);
    world.stores.nested.create(resources.pods, aPod("web", "missing"));
    const steps = await explained(world, "Pod", "web");
    expect(steps).toContain("blocked Needs: configmaps/missing, which does not exist inside.");
    expect(steps).toContain(`info Name on the host: ${world.hostNamespace}/web-x-default-x-demo`);
    expect(steps).toContain("waiting Copy: It is not on the host yet.");
  });

  it("says that another object has the name", async () => {
    const world = new SyncWorld(1);
    world.stores.nested.create(resources.services, { metadata: { name: "s", namespace }, spec: {} });
    world.stores.host.create(resources.services, {
      metadata: { name: "s-x-default-x-demo", namespace: world.hostNamespace },
    });
    const steps = await explained(world, "services", "s");
    expect(steps.at(-1)).toContain("another object under this name");
  });
});
