import type { NestedCluster } from "@inkube/api";
import { administrators } from "../auth/principal.ts";
import { type Amounts, countedResources, sizeOf } from "../placement/capacity.ts";
import { neverSuitable } from "../placement/eligibility.ts";
import { otherDistro } from "../placement/group-distro.ts";
import { outsideLimits, wrongTarget } from "../placement/place.ts";
import { type KnownFleet, pathOf } from "./known-fleet.ts";
import { isHidden, ownerOf, quotaCauses } from "./quota-rule.ts";
import { type Cause, cause, type Refusal, refusalFor } from "./refusal.ts";
import { roomCauses } from "./room-rule.ts";
import type { UserQuota } from "./user-quota.ts";

/** A nested cluster as it is to become, and as it is. */
export interface ClusterChange {
  cluster: NestedCluster;
  /** Absent for a new one. */
  before?: NestedCluster;
  /** The quota, when it holds for whoever asks. */
  quota?: UserQuota;
}

/** Administrators are limited by no quota; it holds for everybody else. */
export function isExempt(groups: readonly string[]): boolean {
  return groups.includes(administrators);
}

/**
 * What is wrong with a new or resized nested cluster. Rules are looked at one after the other, and the first that is broken is
 * told:
 * 0. the host or group that it names is there and for its project, not hidden from whoever asks, and takes nested clusters at all, of this distro;
 * 1. the quota of its owner, over all his nested clusters;
 * 2. the limits and minimums of its group;
 * 3. room on a host of the group, with oversubscription.
 * Of a resize 1 and 3 look only at what grows, 2 at what changes. A host that is named without a group has no rule of capacity.
 * Pure.
 */
export function judgeCluster(change: ClusterChange, known: KnownFleet, now: number): Refusal | undefined {
  const { cluster, before, quota } = change;
  const others = known.clusters.filter((one) => pathOf(one) !== pathOf(cluster));
  const { grown, changed } = difference(cluster, before);
  const owner = ownerOf(cluster);
  const fresh = before === undefined;
  const rules: (() => Refusal | undefined)[] = [
    () => refusalFor(422, fresh ? targetCauses(change, known) : []),
    () =>
      refusalFor(
        403,
        quota?.enabled && owner !== undefined ? quotaCauses({ cluster, grown, fresh, owner }, others, quota) : [],
      ),
    () => refusalFor(422, limitCauses(cluster, changed, known)),
    () => refusalFor(422, roomCauses({ cluster, ...(before && { before }), grown }, others, known, now)),
  ];
  for (const rule of rules) {
    const refusal = rule();
    if (refusal) return refusal;
  }
  return undefined;
}

/** Whether anything is different that these rules look at. */
export function isResized(cluster: NestedCluster, before: NestedCluster): boolean {
  return difference(cluster, before).changed.length > 0;
}

function difference(cluster: NestedCluster, before: NestedCluster | undefined) {
  const all: readonly (keyof Amounts)[] = countedResources;
  if (!before) return { grown: all, changed: all };
  const [now, then] = [sizeOf(cluster), sizeOf(before)];
  return {
    grown: all.filter((resource) => now[resource] > then[resource]),
    changed: all.filter((resource) => now[resource] !== then[resource]),
  };
}

/** One that names neither host nor group waits for the hub's own host: nobody made a mistake when that is not there yet. */
function targetCauses({ cluster, quota }: ClusterChange, known: KnownFleet): Cause[] {
  const { host, group } = cluster.spec;
  const wrong = wrongTarget(cluster, { ...known, on: () => [] });
  if (wrong?.refused === "HostMissing" && host === undefined) return [];
  if (wrong) return [cause(wrong.refused, group === undefined ? "spec.host" : "spec.group", wrong.particulars)];
  if (quota && isHidden(cluster, quota)) {
    return [cause("GroupMissing", "spec.group", `There is no group ${group} for you`)];
  }
  const inGroup = group === undefined ? undefined : known.group(group);
  const other = inGroup && otherDistro(cluster, inGroup);
  if (other) return [cause("OtherDistro", other.field, other.text)];
  const why = host === undefined ? undefined : neverSuitable(known.host(host), host);
  return why === undefined ? [] : [cause("HostNotEligible", "spec.host", `${host}: ${why}`)];
}

function limitCauses(cluster: NestedCluster, changed: readonly (keyof Amounts)[], known: KnownFleet): Cause[] {
  const group = cluster.spec.group === undefined ? undefined : known.group(cluster.spec.group);
  if (!group) return [];
  return outsideLimits(group, sizeOf(cluster))
    .filter(({ resource }) => changed.includes(resource))
    .map(({ resource, text }) =>
      cause("OutsideLimits", `spec.size.${resource}`, `Group ${group.metadata.name}: ${text}`),
    );
}
