import {
  type ClusterGroup,
  type ClusterGroupStatus,
  conditionTypes,
  type HostCluster,
  type NestedCluster,
  type Reason,
  reasonMessage,
  setCondition,
} from "@inkube/api";
import { type Figures, figuresOf, sumFigures } from "../placement/capacity.ts";
import { type GroupHost, ineligibleInGroup } from "../placement/eligibility.ts";

/** What the status of a group is made of. */
export interface GroupFleet {
  host(name: string): HostCluster | undefined;
  /** Nested clusters that are on a host, of whatever group. */
  on(host: string): readonly NestedCluster[];
  /** Nested clusters of a group, those without a place included. */
  in(group: string): readonly NestedCluster[];
}

type HostStatus = NonNullable<ClusterGroupStatus["hosts"]>[number];

/**
 * What is true of a group now. Capacity counts everything that is on its hosts, as placement does, and leaves out hosts whose
 * capacity nobody knows; used + free = total for each resource, unless a host has more on it than its total: nothing is free there.
 * The number of nested clusters, of the group and on each host, is of this group alone. Hosts are ordered by name. Pure.
 */
export function groupStatus(group: ClusterGroup, fleet: GroupFleet, now: number): ClusterGroupStatus {
  const { name, generation = 0 } = group.metadata;
  const hosts = group.spec.hosts.map((entry) => hostStatus(group, entry, fleet, now)).sort(byName);
  const known = hosts.flatMap(({ capacity }) => capacity ?? []);
  const { ready, reason, particulars } = readiness(hosts);
  const message = reasonMessage(reason, particulars);
  const condition = { type: conditionTypes.ready, status: ready, reason, message, observedGeneration: generation };
  return {
    observedGeneration: generation,
    clusters: fleet.in(name).length,
    capacity: sumFigures(known),
    hosts,
    conditions: setCondition(group.status?.conditions, condition, now),
  };
}

function hostStatus(group: ClusterGroup, entry: GroupHost, fleet: GroupFleet, now: number): HostStatus {
  const { name } = entry;
  const host = fleet.host(name);
  const why = ineligibleInGroup(group, entry, host, now);
  const there = fleet.on(name);
  return {
    name,
    eligible: why === undefined,
    ...(why !== undefined && { reason: why }),
    clusters: there.filter(({ spec }) => spec.group === group.metadata.name).length,
    ...(host?.status?.capacity && { capacity: figuresOf(host, group.spec.oversubscription, there) satisfies Figures }),
  };
}

function readiness(hosts: readonly HostStatus[]): { ready: "True" | "False"; reason: Reason; particulars: string } {
  if (hosts.length === 0) return { ready: "False", reason: "GroupEmpty", particulars: "" };
  if (hosts.some(({ eligible }) => eligible)) return { ready: "True", reason: "GroupReady", particulars: "" };
  const particulars = hosts.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  return { ready: "False", reason: "NoHostEligible", particulars };
}

function byName(a: HostStatus, b: HostStatus): number {
  return a.name < b.name ? -1 : 1;
}
