import { isKubeError, type KubeObject, resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import type { ClusterView } from "../cluster-view.ts";
import { SyncWorld } from "./testing/sync-world.ts";

const service = (port: number): KubeObject => ({
  metadata: { name: "s", namespace: "default" },
  spec: { ports: [{ port }] },
});

async function syncedWorld(): Promise<{ world: SyncWorld; view: ClusterView }> {
  const world = new SyncWorld(1);
  world.start();
  await world.clock.advance(500);
  const view = world.runtime?.view;
  if (!view) throw new Error("not connected");
  return { world, view };
}

function hostService(world: SyncWorld): KubeObject | undefined {
  return world.stores.host.get(resources.services, world.hostNamespace, "s-x-default-x-demo");
}

describe("the host Service behind one that is being admitted", () => {
  it("is made first and adopted by the nested Service when that appears", async () => {
    const { world, view } = await syncedWorld();
    await view.ensureHostService(service(80), { dryRun: false });
    const first = hostService(world);
    expect(first?.metadata.annotations?.["inkube.dev/uid"]).toBe("");
    const nested = world.stores.nested.create(resources.services, service(80));
    await world.clock.advance(100);
    expect(hostService(world)?.metadata.uid).toBe(first?.metadata.uid);
    expect(hostService(world)?.metadata.annotations?.["inkube.dev/uid"]).toBe(nested.metadata.uid);
    await world.stop();
  });

  it("is collected when nothing came of it, but not before the create can be over", async () => {
    const { world, view } = await syncedWorld();
    await view.ensureHostService(service(80), { dryRun: false });
    await world.clock.advance(30_000);
    expect(hostService(world)).toBeDefined();
    await world.clock.advance(60_000);
    expect(hostService(world)).toBeUndefined();
    await world.stop();
  });

  it("is left as it is when the Service exists inside: that create is about to be refused", async () => {
    const { world, view } = await syncedWorld();
    world.stores.nested.create(resources.services, service(80));
    await world.clock.advance(100);
    const before = hostService(world);
    await view.ensureHostService(service(9_999), { dryRun: false });
    expect(hostService(world)).toEqual(before);
    await world.stop();
  });

  it("is refused when the host has another object of that name", async () => {
    const { world, view } = await syncedWorld();
    world.stores.host.create(resources.services, {
      metadata: { name: "s-x-default-x-demo", namespace: world.hostNamespace },
    });
    await world.clock.advance(100);
    const refused = await view.ensureHostService(service(80), { dryRun: false }).catch((error: unknown) => error);
    expect(isKubeError(refused, "alreadyExists")).toBe(true);
    await world.stop();
  });

  it("waits for sight of both sides instead of guessing", async () => {
    const { world, view } = await syncedWorld();
    world.clients.host.outage();
    await world.clock.advance(10);
    const asked = view.ensureHostService(service(80), { dryRun: false });
    await world.clock.advance(1_000);
    world.clients.host.restore();
    await world.clock.advance(10_000);
    await asked;
    expect(hostService(world)).toBeDefined();
    await world.stop();
  });
});
