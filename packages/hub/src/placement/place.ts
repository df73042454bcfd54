import type { ClusterGroup, HostCluster, NestedCluster, Reason } from "@inkube/api";
import { formatQuantity, parseQuantity } from "@inkube/kube";
import { type Amounts, countedResources, type Figures, figuresOf, lacking, sizeOf } from "./capacity.ts";
import { ineligible, ineligibleInGroup } from "./eligibility.ts";

/** What placement looks at. */
export interface Fleet {
  host(name: string): HostCluster | undefined;
  group(name: string): ClusterGroup | undefined;
  /** Nested clusters that are on a host, those placed a moment ago included. */
  on(host: string): Iterable<NestedCluster>;
}

export type Placement = { host: string } | { refused: Reason; particulars: string };

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

function placeOnHost(cluster: NestedCluster, fleet: Fleet, name: string, now: number): Placement {
  const host = fleet.host(name);
  if (!host) return { refused: "HostMissing", particulars: `There is no host ${name}` };
  const project = cluster.metadata.namespace ?? "";
  if (!isFor(host.spec, project)) return notFor(project, `host ${name}`);
  const why = ineligible(host, name, now);
  return why === undefined ? { host: name } : { refused: "HostNotEligible", particulars: `${name}: ${why}` };
}

function placeInGroup(cluster: NestedCluster, fleet: Fleet, name: string, now: number): Placement {
  const group = fleet.group(name);
  if (!group) return { refused: "GroupMissing", particulars: `There is no group ${name}` };
  const project = cluster.metadata.namespace ?? "";
  if (!isFor(group.spec, project)) return notFor(project, `group ${name}`);
  const size = sizeOf(cluster);
  const outside = outsideLimits(group, size);
  if (outside) return { refused: "OutsideLimits", particulars: outside };
  const tried = group.spec.hosts.map((entry) => tryHost(group, entry, fleet, size, now));
  const fitting = tried.filter((one) => one.figures !== undefined && one.why === undefined);
  fitting.sort((a, b) => (b.figures?.cpu.free ?? 0) - (a.figures?.cpu.free ?? 0) || (a.name < b.name ? -1 : 1));
  const [best] = fitting;
  if (best) return { host: best.name };
  const reasons = tried.map((one) => `${one.name}: ${one.why}`).join("; ");
  return { refused: "InsufficientCapacity", particulars: reasons === "" ? `Group ${name} has no hosts` : reasons };
}

interface Attempt {
  name: string;
  figures?: Figures;
  why?: string;
}

function tryHost(
  group: ClusterGroup,
  entry: ClusterGroup["spec"]["hosts"][number],
  fleet: Fleet,
  size: Amounts,
  now: number,
): Attempt {
  const { name } = entry;
  const host = fleet.host(name);
  const why = ineligibleInGroup(group, entry, host, now);
  if (why !== undefined || !host) return { name, why: why ?? "it is not there" };
  const figures = figuresOf(host, group.spec.oversubscription, fleet.on(name));
  const missing = lacking(figures, size).map((resource) => tooLittle(resource, figures, size));
  return missing.length === 0 ? { name, figures } : { name, figures, why: missing.join(" and ") };
}

function tooLittle(resource: keyof Amounts, figures: Figures, size: Amounts): string {
  const { free, total } = figures[resource];
  return `needs ${amountText(resource, size[resource])} ${resource}, has ${amountText(resource, free)} of ${amountText(resource, total)} left`;
}

/** Which limit or minimum of the group a size breaks; undefined when it keeps all. */
export function outsideLimits(group: ClusterGroup, size: Amounts): string | undefined {
  const broken = countedResources.flatMap((resource) => {
    const [least, most] = [group.spec.minimum[resource], group.spec.limits[resource]].map((text) =>
      parseQuantity(String(text)),
    );
    const asked = `${resource} ${amountText(resource, size[resource])}`;
    if (most !== undefined && size[resource] > most)
      return [`${asked} is above the limit of ${group.spec.limits[resource]}`];
    if (least !== undefined && size[resource] < least)
      return [`${asked} is below the minimum of ${group.spec.minimum[resource]}`];
    return [];
  });
  return broken.length === 0 ? undefined : `Group ${group.metadata.name}: ${broken.join("; ")}`;
}

/** An amount as people write it. */
export function amountText(resource: keyof Amounts, amount: number): string {
  if (resource === "cpu") return String(Math.round(amount * 1000) / 1000);
  return formatQuantity(Math.floor(amount / 2 ** 20) * 2 ** 20, "binary");
}

function isFor({ projects }: { projects?: string[] | undefined }, project: string): boolean {
  return projects === undefined || projects.includes(project);
}

function notFor(project: string, what: string): Placement {
  return { refused: "NotForThisProject", particulars: `The ${what} is not for project ${project}` };
}
