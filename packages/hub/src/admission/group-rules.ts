import { isDeepStrictEqual } from "node:util";
import type { ClusterGroup, HostCluster } from "@inkube/api";
import { type GroupHost, neverSuitable, offers, otherEndpoint } from "../placement/eligibility.ts";
import { type KnownFleet, pathOf } from "./known-fleet.ts";
import { type Cause, cause, type Refusal, refusalFor, someOf } from "./refusal.ts";

type Endpoint = ClusterGroup["spec"]["endpointType"];

/**
 * What is wrong with a group: hosts that cannot be in it, wildcard DNS names that are missing or shared, hosts that left while
 * nested clusters of the group are on them. Of a group that is there already only what changes is looked at: a host that fell
 * ill since then keeps nobody from editing the description. Pure.
 */
export function judgeGroup(
  group: ClusterGroup,
  before: ClusterGroup | undefined,
  known: KnownFleet,
): Refusal | undefined {
  const isChanged = changedEntries(group, before);
  const joining = group.spec.hosts.flatMap((entry, index) =>
    isChanged(entry) ? entryCauses(group, entry, index, known.host(entry.name)) : [],
  );
  const leaving = before ? leavingCauses(group, before, known) : [];
  return refusalFor(422, [...joining, ...domainCauses(group, isChanged, known), ...leaving]);
}

/** A group goes when nothing is in it. Pure. */
export function judgeGroupDeletion(name: string, { clusters }: KnownFleet): Refusal | undefined {
  const inside = clusters.filter(({ spec }) => spec.group === name).map(pathOf);
  if (inside.length === 0) return undefined;
  return refusalFor(409, [cause("GroupInUse", "metadata.name", `In group ${name}: ${someOf(inside)}`)]);
}

function changedEntries(group: ClusterGroup, before: ClusterGroup | undefined): (entry: GroupHost) => boolean {
  const shared = ({ spec }: ClusterGroup) => [spec.endpointType, spec.projects];
  if (!before || !isDeepStrictEqual(shared(group), shared(before))) return () => true;
  return (entry) => !before.spec.hosts.some((old) => old.name === entry.name && old.domain === entry.domain);
}

function entryCauses({ spec }: ClusterGroup, entry: GroupHost, index: number, host: HostCluster | undefined): Cause[] {
  const { name } = entry;
  const field = `spec.hosts[${index}].name`;
  if (!host) return [cause("HostMissing", field, `There is no host ${name}`)];
  const why = neverSuitable(host, name);
  if (why !== undefined) return [cause("HostNotForGroup", field, `${name}: ${why}`)];
  const closed = closedTo(host, spec.projects);
  if (closed !== undefined) return [cause("HostNotForGroup", field, `${name}: ${closed}`)];
  if (!offers(host, spec.endpointType)) {
    return [cause("EndpointNotOffered", field, `${name}: ${otherEndpoint(host, spec.endpointType)}`)];
  }
  if (!needsDomain(spec.endpointType) || domainOf(entry, host) !== undefined) return [];
  return [cause("DomainMissing", `spec.hosts[${index}].domain`, `${name} has none`)];
}

/** Whoever may use the group may use each of its hosts. */
function closedTo({ spec }: HostCluster, projects: readonly string[] | undefined): string | undefined {
  const open = spec.projects;
  if (open === undefined) return undefined;
  const only = `it is only for projects ${open.length === 0 ? "that nobody named" : someOf(open)}`;
  if (projects === undefined) return `${only}, the group is for all`;
  const closed = projects.filter((project) => !open.includes(project));
  return closed.length === 0 ? undefined : `${only}, the group is also for ${someOf(closed)}`;
}

function needsDomain(type: Endpoint): boolean {
  return type === "Ingress" || type === "Gateway";
}

function domainOf(entry: GroupHost, host: HostCluster | undefined): string | undefined {
  return entry.domain ?? host?.spec.endpoint.domain;
}

function domainCauses({ spec }: ClusterGroup, isChanged: (entry: GroupHost) => boolean, known: KnownFleet): Cause[] {
  if (!needsDomain(spec.endpointType)) return [];
  const first = new Map<string, GroupHost>();
  return spec.hosts.flatMap((entry, index) => {
    const domain = domainOf(entry, known.host(entry.name));
    const other = domain === undefined ? undefined : first.get(domain);
    if (domain !== undefined && !other) first.set(domain, entry);
    if (!other || (!isChanged(entry) && !isChanged(other))) return [];
    return [cause("DomainShared", `spec.hosts[${index}].domain`, `${entry.name} and ${other.name} have ${domain}`)];
  });
}

function leavingCauses(group: ClusterGroup, before: ClusterGroup, { clusters }: KnownFleet): Cause[] {
  const kept = new Set(group.spec.hosts.map(({ name }) => name));
  return before.spec.hosts.flatMap(({ name }) => {
    if (kept.has(name)) return [];
    const there = clusters.filter(({ spec, status }) => spec.group === group.metadata.name && status?.host === name);
    if (there.length === 0) return [];
    return [cause("HostInUse", "spec.hosts", `Host ${name} has ${someOf(there.map(pathOf))} of this group`)];
  });
}
