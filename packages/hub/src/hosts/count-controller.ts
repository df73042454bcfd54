import { fieldManagers, type HostCluster, hostClusters, type NestedCluster } from "@inkube/api";
import {
  type Change,
  type Client,
  type Clock,
  type Controller,
  changedObject,
  createController,
  type KubeObject,
  type Logger,
  sourceOf,
} from "@inkube/kube";
import type { FleetView } from "../view/fleet-view.ts";

/** A host is counted at most so often, milliseconds. */
const restMs = 1_000;

/** Says of each host how many nested clusters the hub placed on it. Writes only what is new. */
export function createCountController(options: {
  client: Client;
  view: FleetView;
  clock: Clock;
  logger: Logger;
}): Controller {
  const { client, view, clock, logger } = options;
  const writtenAt = new Map<string, number>();
  return createController({
    name: "host-counts",
    sources: [
      sourceOf(view.hosts, (change) => [changedObject(change).metadata.name]),
      sourceOf(view.clusters, changedHosts),
    ],
    reconcile: async (name, { signal }) => {
      const host = view.hosts.get(name) as HostCluster | undefined;
      const clusters = view.clusters.byIndex("host", name).length;
      if (!host) writtenAt.delete(name);
      if (!host || host.status?.clusters === clusters) return undefined;
      const now = clock.now();
      const age = now - (writtenAt.get(name) ?? Number.NEGATIVE_INFINITY);
      if (age >= 0 && age < restMs) return { after: restMs - age };
      const patch = { metadata: { uid: host.metadata.uid }, status: { clusters } };
      const how = { type: "merge", subresource: "status", fieldManager: fieldManagers.hub, signal } as const;
      await client.patch(hostClusters, { name }, patch, how);
      writtenAt.set(name, now);
      return undefined;
    },
    clock,
    logger,
  });
}

function changedHosts(change: Change): string[] {
  const after = hostOf(changedObject(change));
  const before = change.type === "modified" ? hostOf(change.previous) : undefined;
  if (change.type === "modified" && before === after) return [];
  return [before, after].filter((host) => host !== undefined);
}

function hostOf({ status }: KubeObject): string | undefined {
  return (status as NestedCluster["status"])?.host;
}
