import { annotations } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import type { SyncWorld } from "./sync-world.ts";

/** Everything in which the two sides of a world differ; empty when they agree. */
export function disagreements(world: SyncWorld): string[] {
  return [...wrongPods(world), ...wrongMaps(world), ...wrongServices(world), ...leftOvers(world)];
}

function copyOf(world: SyncWorld, type: (typeof resources)["pods"], nested: KubeObject): KubeObject | undefined {
  const copy = world.stores.host.get(type, world.hostNamespace, world.hostNameOf(nested.metadata.name));
  return copy?.metadata.annotations?.[annotations.uid] === nested.metadata.uid ? copy : undefined;
}

function wrongPods(world: SyncWorld): string[] {
  return world.stores.nested.list(resources.pods).flatMap((pod) => {
    const { name } = pod.metadata;
    if (pod.metadata.deletionTimestamp) return [`pod ${name} does not end`];
    const copy = copyOf(world, resources.pods, pod);
    if (!copy) return [`pod ${name} has no copy`];
    return JSON.stringify(copy.status) === JSON.stringify(pod.status) ? [] : [`pod ${name} has another status`];
  });
}

function wrongMaps(world: SyncWorld): string[] {
  const used = new Set(world.stores.nested.list(resources.pods).map((pod) => (pod.spec as { uses?: string }).uses));
  return world.stores.nested.list(resources.configmaps).flatMap((map) => {
    const copy = copyOf(world, resources.configmaps, map);
    if (!used.has(map.metadata.name)) return copy ? [`ConfigMap ${map.metadata.name} has a copy that nobody uses`] : [];
    const same = JSON.stringify(copy?.data) === JSON.stringify(map.data);
    return same ? [] : [`ConfigMap ${map.metadata.name} has another content`];
  });
}

function wrongServices(world: SyncWorld): string[] {
  return world.stores.nested.list(resources.services).flatMap((service) => {
    const spec = (copyOf(world, resources.services, service)?.spec ?? {}) as { ports?: unknown };
    const wanted = (service.spec as { ports?: unknown }).ports;
    return JSON.stringify(spec.ports) === JSON.stringify(wanted) ? [] : [`Service ${service.metadata.name} differs`];
  });
}

function leftOvers(world: SyncWorld): string[] {
  return [resources.pods, resources.configmaps, resources.services].flatMap((type) =>
    world.stores.host.list(type, world.hostNamespace).flatMap((copy) => {
      const told = copy.metadata.annotations ?? {};
      if (told[annotations.name] === undefined) return [];
      const nested = world.stores.nested.get(type, told[annotations.namespace], told[annotations.name] ?? "");
      return nested?.metadata.uid === told[annotations.uid] ? [] : [`${type.kind} ${copy.metadata.name} is left over`];
    }),
  );
}
