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

  it("asks the host before it takes a pod for vanished that its list does not show", async () => {
    const world = await worldWithRunningPod();
    world.clients.host.staleWrites = 2;
    world.clients.host.lagMs = 10_000;
    await world.restart();
    await world.clock.advance(500);
    expect(world.stores.nested.get(resources.pods, "default", "web")).toBeDefined();
    expect(world.violations).toEqual([]);
    await world.stop();
  });

  it("asks the nested API before it takes a copy for left over whose original its list does not show", async () => {
    const world = await worldWithRunningPod();
    world.clients.nested.staleWrites = 3;
    world.clients.nested.lagMs = 10_000;
    await world.restart();
    await world.clock.advance(500);
    expect(world.stores.host.get(resources.pods, world.hostNamespace, "web-x-default-x-demo")).toBeDefined();
    expect(world.violations).toEqual([]);
    await world.stop();
  });

  it("deletes nothing and keeps every key while one side cannot be seen", async () => {
    const world = await worldWithRunningPod();
    world.clients.nested.outage();
    world.stores.nested.delete(resources.pods, "default", "web", { grace: 0 });
    world.stores.host.delete(resources.pods, world.hostNamespace, "web-x-default-x-demo", { grace: 30 });
    await world.clock.advance(20_000);
    expect(world.writes.filter(({ verb }) => verb === "delete")).toEqual([]);
    world.clients.nested.restore();
    world.runHostPods();
    await world.clock.advance(40_000);
    expect(world.stores.host.get(resources.pods, world.hostNamespace, "web-x-default-x-demo")).toBeUndefined();
    await world.stop();
  });

  it("ends a pod on the host with the grace that the tenant gave, and inside only afterwards", async () => {
    const world = await worldWithRunningPod();
    world.stores.nested.delete(resources.pods, "default", "web", { grace: 7 });
    await world.clock.advance(100);
    const copy = world.stores.host.get(resources.pods, world.hostNamespace, "web-x-default-x-demo");
    expect(copy?.metadata.deletionGracePeriodSeconds).toBe(7);
    expect(world.stores.nested.get(resources.pods, "default", "web")).toBeDefined();
    world.runHostPods();
    await world.clock.advance(100);
    expect(world.stores.nested.get(resources.pods, "default", "web")).toBeUndefined();
    await world.stop();
  });

  it("ends a deletion that the nested API server left half done", async () => {
    const world = await worldWithRunningPod();
    world.stores.nested.delete(resources.pods, "default", "web", { grace: 7 });
    world.clients.nested.outage();
    await world.clock.advance(100);
    world.stores.nested.deleteHalfway(resources.pods, "default", "web");
    world.stores.host.delete(resources.pods, world.hostNamespace, "web-x-default-x-demo", { grace: 0 });
    world.clients.nested.restore();
    await world.clock.advance(40_000);
    expect(world.stores.nested.get(resources.pods, "default", "web")).toBeUndefined();
    expect(world.violations).toEqual([]);
    await world.stop();
  });

  it("never touches a foreign object under a derived name, and says so inside", async () => {
    const world = new SyncWorld(1);
    const foreign = {
      metadata: { name: "s-x-default-x-demo", namespace: world.hostNamespace },
      spec: { ports: [{ port: 1 }] },
    };
    world.stores.host.create(resources.services, foreign);
    world.start();
    await world.clock.advance(500);
    const spec = { ports: [{ port: 80 }] };
    world.stores.nested.create(resources.services, { metadata: { name: "s", namespace: "default" }, spec });
    await world.clock.advance(500);
    expect(world.stores.host.get(resources.services, world.hostNamespace, "s-x-default-x-demo")?.spec).toEqual(
      foreign.spec,
    );
    expect(world.stores.nested.list(resources.events).map(({ reason }) => reason)).toEqual(["NameTaken"]);
    await world.stop();
  });

  it("writes a synced object once, and again only after it changed on either side", async () => {
    const world = await worldWithRunningPod();
    const before = world.writes.length;
    world.clients.nested.cutWatches();
    world.clients.host.cutWatches();
    await world.clock.advance(5_000);
    await world.restart();
    await world.clock.advance(5_000);
    const since = world.writes.slice(before).filter(({ type }) => type.group === "");
    expect(since).toEqual([]);
    const ref = { namespace: world.hostNamespace, name: "settings-x-default-x-demo" };
    world.stores.host.update(resources.configmaps, ref, (live) => ({ ...live, data: { key: "edited" } }));
    await world.clock.advance(100);
    expect(world.stores.host.get(resources.configmaps, ref.namespace, ref.name)?.data).toEqual({ key: "value" });
    await world.stop();
  });

  it("says that it is synced once, and that it is not only after a while out of sight", async () => {
    const world = await worldWithRunningPod();
    const told = () =>
      world.writes.flatMap(({ body, type }) =>
        type.plural === "nestedclusters"
          ? ((body?.status ?? {}) as { conditions: { reason: string }[] }).conditions
          : [],
      );
    expect(told().map(({ reason }) => reason)).toEqual(["Waiting", "SyncStarting", "InSync"]);
    world.clients.nested.cutWatches();
    await world.clock.advance(1_000);
    expect(told()).toHaveLength(3);
    world.clients.nested.outage();
    await world.clock.advance(5_000);
    expect(told().at(-1)?.reason).toBe("Desynced");
    world.clients.nested.restore();
    await world.clock.advance(40_000);
    expect(told().at(-1)?.reason).toBe("InSync");
    await world.stop();
  });
});

async function worldWithRunningPod(): Promise<SyncWorld> {
  const world = new SyncWorld(1);
  world.start();
  await world.clock.advance(500);
  const data = { key: "value" };
  world.stores.nested.create(resources.configmaps, { metadata: { name: "settings", namespace: "default" }, data });
  world.stores.nested.create(resources.pods, pod("web", "settings"));
  await world.clock.advance(100);
  world.runHostPods();
  await world.clock.advance(100);
  return world;
}

describe("a pod that the host refuses", () => {
  it("is told in the tenant's terms, and created as soon as something else made room", async () => {
    const world = await worldWithRunningPod();
    const message = 'pods "late-x-default-x-demo" is forbidden: exceeded quota: size, requested: pods=1';
    world.foresee("host", { kind: "refuse", message });
    world.stores.nested.create(resources.pods, pod("late"));
    await world.clock.advance(1_000);
    const told = world.stores.nested.list(resources.events);
    expect(told.map((event) => event.message)).toEqual([
      'pods "late" is forbidden: exceeded quota: size, requested: pods=1',
    ]);
    expect(world.stores.host.get(resources.pods, world.hostNamespace, "late-x-default-x-demo")).toBeUndefined();
    world.stores.nested.delete(resources.pods, "default", "web", {});
    await world.clock.advance(100);
    world.runHostPods();
    await world.clock.advance(100);
    expect(world.stores.host.get(resources.pods, world.hostNamespace, "late-x-default-x-demo")).toBeDefined();
    await world.stop();
  });
});

describe("a nested cluster that fails", () => {
  it("rests after too many failures, and goes on by itself", async () => {
    const world = await worldWithRunningPod();
    for (let time = 0; time < 400; time += 1) world.foresee("host", { kind: "dropBefore" });
    for (let index = 0; index < 25; index += 1) world.stores.nested.create(resources.pods, pod(`pod-${index}`));
    await world.clock.advance(300);
    expect(world.runtime?.frozen).toBe(true);
    world.endFaults();
    await world.clock.advance(120_000);
    expect(world.runtime?.frozen).toBe(false);
    expect(world.stores.host.list(resources.pods, world.hostNamespace)).toHaveLength(26);
    await world.stop();
  });
});

describe("a copy that vanishes before any watch has shown it", () => {
  /** The watches of the host break before they tell of anything made since they were late, and the copy goes meanwhile. */
  async function loseUnseen(world: SyncWorld, type: (typeof resources)["pods"], name: string): Promise<void> {
    expect(world.stores.host.get(type, world.hostNamespace, world.hostNameOf(name))).toBeDefined();
    world.clients.host.outage();
    world.stores.host.delete(type, world.hostNamespace, world.hostNameOf(name), {});
    world.clients.host.lagMs = 0;
    world.clients.host.restore();
    await world.clock.advance(40_000);
  }

  async function worldWithLateHost(): Promise<SyncWorld> {
    const world = new SyncWorld(1);
    world.start();
    await world.clock.advance(500);
    world.clients.host.lagMs = 10_000;
    return world;
  }

  it("is made again though it was made on behalf of the pod that uses it", async () => {
    const world = await worldWithLateHost();
    const data = { key: "value" };
    world.stores.nested.create(resources.configmaps, { metadata: { name: "settings", namespace: "default" }, data });
    world.stores.nested.create(resources.pods, pod("web", "settings"));
    await world.clock.advance(100);
    await loseUnseen(world, resources.configmaps, "settings");
    const copy = world.stores.host.get(resources.configmaps, world.hostNamespace, world.hostNameOf("settings"));
    expect(copy?.data).toEqual(data);
    await world.stop();
  });

  it("takes its pod with it though the answer to its making was lost", async () => {
    const world = await worldWithLateHost();
    world.foresee("host", { kind: "dropAfter" });
    world.stores.nested.create(resources.pods, pod("web"));
    await world.clock.advance(100);
    await loseUnseen(world, resources.pods, "web");
    const inside = world.stores.nested.get(resources.pods, "default", "web");
    const copy = world.stores.host.get(resources.pods, world.hostNamespace, world.hostNameOf("web"));
    expect([inside, copy]).toEqual([undefined, undefined]);
    await world.stop();
  });
});
