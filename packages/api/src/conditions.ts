import type { Condition } from "./types.ts";

/**
 * Types of conditions on a NestedCluster, `Ready` first. `Synced` is written by the syncer, `EndpointReachableFromOutside` by the hub,
 * the others by the agent; `WildcardDNS` is on a HostCluster.
 */
export const conditionTypes = {
  ready: "Ready",
  controlPlaneReady: "ControlPlaneReady",
  namespaceReady: "NamespaceReady",
  endpointReachable: "EndpointReachable",
  endpointReachableFromOutside: "EndpointReachableFromOutside",
  synced: "Synced",
  wildcardDNS: "WildcardDNS",
} as const;

/** The condition of that type, if there is one. */
export function getCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** True only when the condition is there and says `True`. */
export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return getCondition(conditions, type)?.status === "True";
}

/**
 * A new list with this condition in it; the input is left alone. `lastTransitionTime` becomes `now` (milliseconds)
 * only when the status changes. `Ready` comes first, the others by name. Equal content gives an equal list, so
 * writing it again is no change.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  next: Omit<Condition, "lastTransitionTime">,
  now: number,
): Condition[] {
  const previous = getCondition(conditions, next.type);
  const lastTransitionTime =
    previous?.status === next.status
      ? previous.lastTransitionTime
      : new Date(now).toISOString().replace(/\.\d{3}Z$/, "Z");
  const others = (conditions ?? []).filter((condition) => condition.type !== next.type);
  return [...others, { ...next, lastTransitionTime }].sort(readyFirst);
}

function readyFirst(a: Condition, b: Condition): number {
  if (a.type === conditionTypes.ready) return b.type === conditionTypes.ready ? 0 : -1;
  if (b.type === conditionTypes.ready) return 1;
  return a.type < b.type ? -1 : 1;
}
