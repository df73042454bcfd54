import type { ClusterGroup, NestedCluster } from "@inkube/api";
import { type Amounts, countedResources, sizeOf } from "../placement/capacity.ts";
import { unsuitableInGroup } from "../placement/eligibility.ts";
import { type Fleet, noRoomText, notForProject, place, roomOn } from "../placement/place.ts";
import { hostOf, type KnownFleet, pathOf } from "./known-fleet.ts";
import { type Cause, cause } from "./refusal.ts";

/**
 * Why there is no room for a nested cluster of a group; by the arithmetic of placement. A host whose agent is silent counts with
 * what it had, one that never connected might have room: both are waited for, not refused. Pure.
 */
export function roomCauses(
  change: { cluster: NestedCluster; before?: NestedCluster; grown: readonly (keyof Amounts)[] },
  others: readonly NestedCluster[],
  known: KnownFleet,
  now: number,
): Cause[] {
  const { cluster, before, grown } = change;
  const group = cluster.spec.group === undefined ? undefined : known.group(cluster.spec.group);
  if (!group || grown.length === 0) return [];
  const fleet = settled(others, known, now);
  const placedOn = before?.status?.host;
  if (placedOn !== undefined) return growthCauses(cluster, placedOn, group, { fleet, grown });
  const tried = group.spec.hosts.map((entry) => tryHost(cluster, entry, group, fleet));
  if (tried.some(({ why }) => why === undefined)) return [];
  const particulars = noRoomText(group, tried);
  const lackedByAll = countedResources.filter(
    (resource) => tried.length > 0 && tried.every(({ lacking }) => lacking.includes(resource)),
  );
  const fields = lackedByAll.length > 0 ? lackedByAll.map((resource) => `spec.size.${resource}`) : ["spec.size"];
  return fields.map((field) => cause("InsufficientCapacity", field, particulars));
}

interface Tried {
  name: string;
  lacking: readonly string[];
  why?: string | undefined;
}

function tryHost(
  cluster: NestedCluster,
  entry: ClusterGroup["spec"]["hosts"][number],
  group: ClusterGroup,
  fleet: Fleet,
): Tried {
  const { name } = entry;
  const host = fleet.host(name);
  const why = unsuitableInGroup(group, entry, host) ?? notForProject(host, cluster.metadata.namespace ?? "");
  if (why !== undefined || host?.status?.capacity === undefined) return { name, lacking: [], why };
  return roomOn(group, host, fleet.on(name), sizeOf(cluster));
}

/** Where it is it stays: what it takes more must be there. */
function growthCauses(
  cluster: NestedCluster,
  hostName: string,
  group: ClusterGroup,
  { fleet, grown }: { fleet: Fleet; grown: readonly (keyof Amounts)[] },
): Cause[] {
  const host = fleet.host(hostName);
  if (host?.status?.capacity === undefined) return [];
  const room = roomOn(group, host, fleet.on(hostName), sizeOf(cluster));
  const particulars = noRoomText(group, [room]);
  return room.lacking
    .filter((resource) => grown.includes(resource))
    .map((resource) => cause("InsufficientCapacity", `spec.size.${resource}`, particulars));
}

/** The fleet once those that wait for a place have theirs: they were here first. */
function settled(others: readonly NestedCluster[], known: KnownFleet, now: number): Fleet {
  const on = new Map<string, NestedCluster[]>();
  const put = (host: string, cluster: NestedCluster): void => {
    const there = on.get(host);
    if (there) there.push(cluster);
    else on.set(host, [cluster]);
  };
  const fleet: Fleet = { host: known.host, group: known.group, on: (host) => on.get(host) ?? [] };
  const waiting: NestedCluster[] = [];
  for (const cluster of others) {
    const host = hostOf(cluster);
    if (host === undefined) waiting.push(cluster);
    else put(host, cluster);
  }
  for (const cluster of waiting.sort(byAge)) {
    const placement = place(cluster, fleet, now);
    if ("host" in placement) put(placement.host, cluster);
  }
  return fleet;
}

/** One that was only just allowed has no age yet, and comes last. */
function byAge(a: NestedCluster, b: NestedCluster): number {
  const [first, second] = [a, b].map(({ metadata }) => metadata.creationTimestamp ?? "~") as [string, string];
  if (first !== second) return first < second ? -1 : 1;
  return pathOf(a) < pathOf(b) ? -1 : 1;
}
