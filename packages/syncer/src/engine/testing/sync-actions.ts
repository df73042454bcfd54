import { isKubeError, type KubeObject, resources } from "@inkube/kube";
import fc from "fast-check";
import type { RequestFate } from "./memory-client.ts";
import type { SideName, SyncWorld } from "./sync-world.ts";

/** One thing that happens to a nested cluster, its host, the network between them or the syncer. */
export interface SyncAction {
  what: string;
  run: (world: SyncWorld) => Promise<void> | void;
}

const namespace = "default";
const side = fc.constantFrom<SideName>("nested", "host");
const podName = fc.constantFrom("a", "b");
const mapName = fc.constantFrom("x", "y");

const tenant: fc.Arbitrary<SyncAction>[] = [
  fc.tuple(podName, fc.option(mapName, { nil: undefined })).map(([name, uses]) => ({
    what: `tenant creates pod ${name}${uses ? ` using ${uses}` : ""}`,
    run: (world) => tenantCreates(world, resources.pods, { metadata: { name, namespace }, spec: uses ? { uses } : {} }),
  })),
  fc.tuple(podName, fc.constantFrom(undefined, 0, 5)).map(([name, grace]) => ({
    what: `tenant deletes pod ${name} with grace ${grace}`,
    run: (world) => {
      world.stores.nested.delete(resources.pods, namespace, name, grace === undefined ? {} : { grace });
    },
  })),
  podName.map((name) => ({
    what: `nested API server is killed in the middle of the deletion of pod ${name}`,
    run: (world) => world.stores.nested.deleteHalfway(resources.pods, namespace, name),
  })),
  fc.tuple(mapName, fc.nat(3)).map(([name, value]) => ({
    what: `tenant sets ConfigMap ${name} to ${value}`,
    run: (world) =>
      tenantSets(world, resources.configmaps, { metadata: { name, namespace }, data: { value: String(value) } }),
  })),
  fc.nat(3).map((port) => ({
    what: `tenant sets Service s to port ${port}`,
    run: (world) =>
      tenantSets(world, resources.services, {
        metadata: { name: "s", namespace },
        spec: { ports: [{ port: 80 + port }] },
      }),
  })),
  fc.constantFrom("x", "y", "s").map((name) => ({
    what: `tenant deletes ${name}`,
    run: (world) => {
      world.stores.nested.delete(name === "s" ? resources.services : resources.configmaps, namespace, name, {});
    },
  })),
];

const host: fc.Arbitrary<SyncAction>[] = [
  fc.constant({ what: "host runs its pods", run: (world: SyncWorld) => world.runHostPods() }),
  podName.map((name) => ({
    what: `host loses pod ${name}`,
    run: (world) => {
      world.stores.host.delete(resources.pods, world.hostNamespace, world.hostNameOf(name), { grace: 0 });
    },
  })),
  podName.map((name) => ({
    what: `host evicts pod ${name}`,
    run: (world) => {
      world.stores.host.delete(resources.pods, world.hostNamespace, world.hostNameOf(name), { grace: 30 });
    },
  })),
  mapName.map((name) => ({
    what: `somebody edits the copy of ConfigMap ${name}`,
    run: (world) => hostEdits(world, name),
  })),
  mapName.map((name) => ({
    what: `somebody deletes the copy of ConfigMap ${name}`,
    run: (world) => {
      world.stores.host.delete(resources.configmaps, world.hostNamespace, world.hostNameOf(name), {});
    },
  })),
];

const fate: fc.Arbitrary<RequestFate> = fc.oneof(
  fc.constant({ kind: "dropBefore" } as const),
  fc.constant({ kind: "dropAfter" } as const),
  fc.integer({ min: 1, max: 3_000 }).map((ms) => ({ kind: "delay", ms }) as const),
);

const faults: fc.Arbitrary<SyncAction>[] = [
  fc.tuple(side, fate).map(([where, what]) => ({
    what: `next request to ${where}: ${JSON.stringify(what)}`,
    run: (world) => world.foresee(where, what),
  })),
  side.map((where) => ({ what: `outage of ${where}`, run: (world) => world.clients[where].outage() })),
  side.map((where) => ({ what: `${where} is back`, run: (world) => world.clients[where].restore() })),
  side.map((where) => ({ what: `watches of ${where} break`, run: (world) => world.clients[where].cutWatches() })),
  side.map((where) => ({
    what: `${where} forgets its history`,
    run: (world) => {
      world.stores[where].compact();
      world.clients[where].cutWatches();
    },
  })),
  fc.tuple(side, fc.constantFrom(0, 40, 900)).map(([where, ms]) => ({
    what: `watches of ${where} are ${ms} ms late`,
    run: (world) => {
      world.clients[where].lagMs = ms;
    },
  })),
  fc.tuple(side, fc.nat(6)).map(([where, writes]) => ({
    what: `lists of ${where} are ${writes} writes old`,
    run: (world) => {
      world.clients[where].staleWrites = writes;
    },
  })),
  // Together, because this is how a copy whose original is alive looks like one whose original is gone.
  fc.tuple(side, fc.integer({ min: 1, max: 8 })).map(([where, writes]) => ({
    what: `the syncer restarts and sees ${where} as it was ${writes} writes ago`,
    run: (world) => restartBehind(world, where, writes),
  })),
  fc.constant({ what: "the syncer restarts", run: (world: SyncWorld) => world.restart() }),
];

const time: fc.Arbitrary<SyncAction> = fc.constantFrom(0, 5, 60, 700, 5_000).map((ms) => ({
  what: `${ms} ms pass`,
  run: (world) => world.clock.advance(ms),
}));

/** Any interleaving of what a tenant, a host, a network and time can do. */
export const schedules: fc.Arbitrary<SyncAction[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.oneof(...tenant) },
    { weight: 4, arbitrary: fc.oneof(...host) },
    { weight: 3, arbitrary: fc.oneof(...faults) },
    { weight: 6, arbitrary: time },
  ),
  { minLength: 1, maxLength: 25 },
);

async function restartBehind(world: SyncWorld, where: SideName, writes: number): Promise<void> {
  const client = world.clients[where];
  client.staleWrites = writes;
  client.lagMs = 900;
  await world.restart();
  await world.clock.advance(60);
  client.staleWrites = 0;
}

function tenantCreates(world: SyncWorld, type: (typeof resources)["pods"], object: KubeObject): void {
  try {
    world.stores.nested.create(type, object);
  } catch (error) {
    if (!isKubeError(error, "alreadyExists")) throw error;
  }
}

function tenantSets(world: SyncWorld, type: (typeof resources)["pods"], object: KubeObject): void {
  const { name } = object.metadata;
  if (!world.stores.nested.get(type, namespace, name)) world.stores.nested.create(type, object);
  else
    world.stores.nested.update(type, { namespace, name }, (live) => ({ ...live, ...object, metadata: live.metadata }));
}

function hostEdits(world: SyncWorld, name: string): void {
  const ref = { namespace: world.hostNamespace, name: world.hostNameOf(name) };
  if (!world.stores.host.get(resources.configmaps, ref.namespace, ref.name)) return;
  world.stores.host.update(resources.configmaps, ref, (live) => ({ ...live, data: { value: "edited" } }));
}
