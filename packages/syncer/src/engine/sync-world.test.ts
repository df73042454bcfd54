import { type KubeObject, resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { SyncWorld } from "./testing/sync-world.ts";

function pod(name: string, uses?: string): KubeObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec: uses ? { uses } : {} };
}

describe("a nested cluster's runtime", () => {
  it("brings a pod to the host, its ConfigMap first, and its node and status back", async () => {
    const world = new SyncWorld(1);
    world.start();
    await world.clock.advance(500);
    const data = { key: "value" };
    world.stores.nested.create(resources.configmaps, { metadata: { name: "settings", namespace: "default" }, data });
    world.stores.nested.create(resources.pods, pod("web", "settings"));
    await world.clock.advance(100);
    const onHost = world.writes.filter(({ side, verb }) => side === "host" && verb !== "patch");
    const made = onHost.filter(({ type }) => type.group === "").map(({ verb, name }) => `${verb} ${name}`);
    expect(made).toEqual(["apply settings-x-default-x-demo", "create web-x-default-x-demo"]);
    world.runHostPods();
    await world.clock.advance(100);
    const inside = world.stores.nested.get(resources.pods, "default", "web");
    expect(inside?.spec).toMatchObject({ nodeName: "node-1" });
    expect(inside?.status).toMatchObject({ phase: "Running" });
    await world.stop();
    expect(world.violations).toEqual([]);
  });
});
