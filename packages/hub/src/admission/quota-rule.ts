import { annotations, type NestedCluster } from "@inkube/api";
import { type Amounts, countedResources, sizeOf } from "../placement/capacity.ts";
import { amountText } from "../placement/place.ts";
import { type Cause, cause } from "./refusal.ts";
import type { UserQuota } from "./user-quota.ts";

const gibibyte = 2 ** 30;

/** What one user has. */
export interface Usage extends Amounts {
  clusters: number;
}

/** The amounts that a quota allows: cores and bytes. */
export function allowedBy({ clusters, cpu, memoryGiB, storageGiB }: UserQuota): Usage {
  return { clusters, cpu, memory: memoryGiB * gibibyte, storage: storageGiB * gibibyte };
}

/** The user on whose budget it counts. */
export function ownerOf({ metadata }: Pick<NestedCluster, "metadata">): string | undefined {
  return metadata.annotations?.[annotations.owner];
}

/** Whether it counts on the second budget. */
export function isSeparate({ spec }: NestedCluster, { separateGroups }: UserQuota): boolean {
  return spec.group !== undefined && separateGroups.includes(spec.group);
}

/** Whether its group is not there for those for whom the quota holds. */
export function isHidden(cluster: NestedCluster, quota: UserQuota): boolean {
  return quota.hideSeparateGroups && isSeparate(cluster, quota);
}

/** What a user's nested clusters add up to, in whatever project; paused ones and those being deleted count. */
export function usageOf(
  clusters: Iterable<NestedCluster>,
  owner: string,
  isCounted: (cluster: NestedCluster) => boolean = () => true,
): Usage {
  const usage: Usage = { clusters: 0, cpu: 0, memory: 0, storage: 0 };
  for (const cluster of clusters) {
    if (ownerOf(cluster) !== owner || !isCounted(cluster)) continue;
    usage.clusters += 1;
    const size = sizeOf(cluster);
    for (const resource of countedResources) usage[resource] += size[resource];
  }
  return usage;
}

/**
 * What a nested cluster of this size breaks of its owner's quota beside his others. Of one that is there already only what
 * grows is looked at: a quota that was lowered keeps nobody from taking less. Pure.
 */
export function quotaCauses(
  change: { cluster: NestedCluster; grown: readonly (keyof Amounts)[]; fresh: boolean; owner: string },
  others: readonly NestedCluster[],
  quota: UserQuota,
): Cause[] {
  const { cluster, grown, fresh, owner } = change;
  const separate = isSeparate(cluster, quota);
  const used = usageOf(others, owner, (other) => isSeparate(other, quota) === separate);
  const allowed = allowedBy(quota);
  const size = sizeOf(cluster);
  const count =
    fresh && used.clusters + 1 > allowed.clusters
      ? [exceeded("metadata.name", `User ${owner} has ${used.clusters} of ${allowed.clusters} nested clusters`)]
      : [];
  const amounts = grown.flatMap((resource) => {
    const over = used[resource] + size[resource] - allowed[resource];
    if (over <= 1e-6) return [];
    const text = (amount: number): string => `${amountText(resource, amount)} ${resource}`;
    const has = `User ${owner} has ${text(used[resource])} of ${text(allowed[resource])} in other nested clusters`;
    return [exceeded(`spec.size.${resource}`, `${has}; ${text(size[resource])} more is ${text(over)} too much`)];
  });
  return [...count, ...amounts];
}

function exceeded(field: string, particulars: string): Cause {
  return cause("QuotaExceeded", field, particulars);
}
