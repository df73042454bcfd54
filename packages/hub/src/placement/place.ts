import type { ClusterGroup, HostCluster, NestedCluster, Reason } from "@inkube/api";
import { formatQuantity, parseQuantity } from "@inkube/kube";
import { type Amounts, countedResources, type Figures, figuresOf, lacking, sizeOf } from "./capacity.ts";
import { ineligible, ineligibleInGroup } from "./eligibility.ts";
import { otherDistro } from "./group-distro.ts";

/** What placement looks at. */
export interface Fleet {
  host(name: string): HostCluster | undefined;
  group(name: string): ClusterGroup | undefined;
  /** Nested clusters that are on a host, those placed a moment ago included. */
  on(host: string): Iterable<NestedCluster>;
}

/** Why there is no place. */
export interface Unplaced {
  refused: Reason;
  particulars: string;
}

export type Placement = { host: string } | Unplaced;

/** Name of the host that the hub itself runs on: where nested clusters go that name neither host nor group. */
export const ownHost = "local";

/**
 * Where a nested cluster goes: the host that it names, or of its group's eligible hosts with room for its size the one with most
 * free CPU; of equals the first by name. Pure.
 */
export function place(cluster: NestedCluster, fleet: Fleet, now: number): Placement {
  const { group: groupName, host } = cluster.spec;
  return groupName === undefined
    ? placeOnHost(cluster, fleet, host ?? ownHost, now)
    : placeInGroup(cluster, fleet, groupName, now);
}

/**
 * What is wrong with the host or group that a nested cluster names: it is not there, or not for its project. One that names
 * neither goes to the hub's own host.
 */
export function wrongTarget({ spec, metadata }: NestedCluster, fleet: Fleet): Unplaced | undefined {
  const { group: groupName, host: hostName = ownHost } = spec;
  const [what, name] = groupName === undefined ? (["host", hostName] as const) : (["group", groupName] as const);
  const target = what === "host" ? fleet.host(name) : fleet.group(name);
  if (!target) {
    return { refused: what === "host" ? "HostMissing" : "GroupMissing", particulars: `There is no ${what} ${name}` };
  }
  const project = metadata.namespace ?? "";
  if (isFor(target.spec, project)) return undefined;
  return { refused: "NotForThisProject", particulars: `The ${what} ${name} is not for project ${project}` };
}

function placeOnHost(cluster: NestedCluster, fleet: Fleet, name: string, now: number): Placement {
  const wrong = wrongTarget(cluster, fleet);
  if (wrong) return wrong;
  const why = ineligible(fleet.host(name), name, now);
  return why === undefined ? { host: name } : { refused: "HostNotEligible", particulars: `${name}: ${why}` };
}

function placeInGroup(cluster: NestedCluster, fleet: Fleet, name: string, now: number): Placement {
  const group = fleet.group(name);
  const wrong = wrongTarget(cluster, fleet);
  if (wrong || !group) return wrong ?? { refused: "GroupMissing", particulars: `There is no group ${name}` };
  const other = otherDistro(cluster, group);
  if (other) return { refused: "OtherDistro", particulars: other.text };
  const size = sizeOf(cluster);
  const outside = outsideLimits(group, size);
  if (outside.length > 0) return { refused: "OutsideLimits", particulars: limitsText(group, outside) };
  const project = cluster.metadata.namespace ?? "";
  const tried = group.spec.hosts.map((entry) => {
    const host = fleet.host(entry.name);
    const why = ineligibleInGroup(group, entry, host, now) ?? notForProject(host, project);
    return why === undefined && host ? roomOn(group, host, fleet.on(entry.name), size) : { name: entry.name, why };
  });
  const fitting = tried.filter((one): one is Room => "figures" in one && one.why === undefined);
  fitting.sort((a, b) => b.figures.cpu.free - a.figures.cpu.free || (a.name < b.name ? -1 : 1));
  const [best] = fitting;
  return best ? { host: best.name } : { refused: "InsufficientCapacity", particulars: noRoomText(group, tried) };
}

/** What a host has left, and what it lacks for a size. */
export interface Room {
  name: string;
  figures: Figures;
  lacking: (keyof Amounts)[];
  /** Absent when there is room. */
  why: string | undefined;
}

/** Whether a size fits on a host beside what is there. */
export function roomOn(group: ClusterGroup, host: HostCluster, there: Iterable<NestedCluster>, size: Amounts): Room {
  const figures = figuresOf(host, group.spec.oversubscription, there);
  const missing = lacking(figures, size);
  const why = missing.map((resource) => tooLittle(resource, figures, size)).join(" and ");
  return { name: host.metadata.name, figures, lacking: missing, why: why === "" ? undefined : why };
}

/** Host by host why there is no room. */
export function noRoomText(group: ClusterGroup, tried: readonly { name: string; why?: string | undefined }[]): string {
  const reasons = tried.map(({ name, why }) => `${name}: ${why ?? "it is not there"}`).join("; ");
  return reasons === "" ? `Group ${group.metadata.name} has no hosts` : reasons;
}

/** A host may be for fewer projects than it was when it came into the group. */
export function notForProject(host: HostCluster | undefined, project: string): string | undefined {
  return host && !isFor(host.spec, project) ? `it is not for project ${project}` : undefined;
}

function tooLittle(resource: keyof Amounts, figures: Figures, size: Amounts): string {
  const { free, total } = figures[resource];
  return `needs ${amountText(resource, size[resource])} ${resource}, has ${amountText(resource, free)} of ${amountText(resource, total)} left`;
}

/** A limit or minimum that a size breaks. */
export interface BrokenLimit {
  resource: keyof Amounts;
  text: string;
}

/** Which limits and minimums of the group a size breaks. */
export function outsideLimits({ spec }: ClusterGroup, size: Amounts): BrokenLimit[] {
  return countedResources.flatMap((resource) => {
    const [least, most] = [spec.minimum[resource], spec.limits[resource]].map(String) as [string, string];
    const asked = `${resource} ${amountText(resource, size[resource])}`;
    if (size[resource] > parseQuantity(most)) return [{ resource, text: `${asked} is above the limit of ${most}` }];
    if (size[resource] < parseQuantity(least)) return [{ resource, text: `${asked} is below the minimum of ${least}` }];
    return [];
  });
}

/** The same in words. */
export function limitsText(group: ClusterGroup, broken: readonly BrokenLimit[]): string {
  return `Group ${group.metadata.name}: ${broken.map(({ text }) => text).join("; ")}`;
}

/** An amount as people write it. */
export function amountText(resource: keyof Amounts, amount: number): string {
  if (resource === "cpu") return String(Math.round(amount * 1000) / 1000);
  return formatQuantity(Math.floor(amount / 2 ** 20) * 2 ** 20, "binary");
}

function isFor({ projects }: { projects?: string[] | undefined }, project: string): boolean {
  return projects === undefined || projects.includes(project);
}
