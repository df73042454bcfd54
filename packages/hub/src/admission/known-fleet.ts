import {
  type ClusterGroup,
  clusterGroups,
  type HostCluster,
  hostClusters,
  type NestedCluster,
  nestedClusters,
} from "@inkube/api";
import type { Client, KubeObject } from "@inkube/kube";
import { type Fleet, ownHost } from "../placement/place.ts";
import type { FleetView } from "../view/fleet-view.ts";

/** Everything that rules look at, as it was at one moment. */
export interface KnownFleet extends Pick<Fleet, "host" | "group"> {
  clusters: readonly NestedCluster[];
}

/** The nested clusters of one look as they will be once everything that was allowed is stored. */
export type Overlay = (clusters: Iterable<NestedCluster>) => NestedCluster[];

/** As the hub has it in memory: at once, but a moment behind. */
export function rememberedFleet(view: FleetView, overlay: Overlay): KnownFleet {
  return {
    clusters: overlay(view.clusters.list() as unknown as Iterable<NestedCluster>),
    host: (name) => view.hosts.get(name) as HostCluster | undefined,
    group: (name) => view.groups.get(name) as ClusterGroup | undefined,
  };
}

/** As the API server has it. Throws KubeError. */
export async function readFleet(client: Client, overlay: Overlay, signal: AbortSignal): Promise<KnownFleet> {
  const lists = [nestedClusters, hostClusters, clusterGroups].map((type) => client.list(type, { signal }));
  const [clusters, hosts, groups] = (await Promise.all(lists)).map(({ items }) => items);
  const [byHost, byGroup] = [byName(hosts ?? []), byName(groups ?? [])];
  return {
    clusters: overlay((clusters ?? []) as unknown as NestedCluster[]),
    host: (name) => byHost.get(name) as HostCluster | undefined,
    group: (name) => byGroup.get(name) as ClusterGroup | undefined,
  };
}

function byName(objects: readonly KubeObject[]): Map<string, KubeObject> {
  return new Map(objects.map((object) => [object.metadata.name, object]));
}

/** The host that it is on, or on which it will be for sure. */
export function hostOf({ status, spec }: NestedCluster): string | undefined {
  return status?.host ?? (spec.group === undefined ? (spec.host ?? ownHost) : undefined);
}

/** How messages call it. */
export function pathOf({ metadata }: Pick<NestedCluster, "metadata">): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
