import type { NestedCluster } from "@inkube/api";
import { cause, type Refusal, refusalFor, someOf } from "./refusal.ts";

/** A project goes when nothing is in it that stays: it waits for nested clusters that are being deleted. Pure. */
export function judgeProjectDeletion(name: string, clusters: readonly NestedCluster[]): Refusal | undefined {
  const inside = clusters
    .filter(({ metadata }) => metadata.namespace === name && metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name);
  if (inside.length === 0) return undefined;
  const particulars = `Project ${name} still has nested clusters: ${someOf(inside)}`;
  return refusalFor(409, [cause("ProjectInUse", "metadata.name", particulars)]);
}
