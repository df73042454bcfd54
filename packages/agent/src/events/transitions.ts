import {
  type Condition,
  conditionTypes,
  getCondition,
  type NestedClusterStatus,
  type Reason,
  reasons,
} from "@inkube/api";

/** One thing that happened to a nested cluster, as an Event of its object tells it. */
export interface Happening {
  type: "Normal" | "Warning";
  reason: "Created" | "Ready" | "NotReady" | "Degraded" | "Failed" | "Paused" | "Deleting";
  /** Nothing secret: it is said in the status too. */
  message: string;
}

/** What changed from one status to the next that a person cares about; progress on the way is in the conditions only. Pure. */
export function transitions(previous: NestedClusterStatus | undefined, next: NestedClusterStatus): Happening[] {
  const ready = getCondition(next.conditions, conditionTypes.ready);
  if (!ready) return [];
  return [...created(previous, next), ...changeOf(previous, next, ready)];
}

function created(previous: NestedClusterStatus | undefined, next: NestedClusterStatus): Happening[] {
  const isThere = (status: NestedClusterStatus | undefined): boolean =>
    getCondition(status?.conditions, conditionTypes.namespaceReady)?.status === "True";
  if (isThere(previous) || !isThere(next)) return [];
  return [{ type: "Normal", reason: "Created", message: `The host namespace is ${next.namespace}.` }];
}

function changeOf(previous: NestedClusterStatus | undefined, next: NestedClusterStatus, ready: Condition): Happening[] {
  const before = getCondition(previous?.conditions, conditionTypes.ready);
  const sameReason = before?.reason === ready.reason;
  if (next.phase === "Ready") {
    return before?.status === "True" ? [] : [{ type: "Normal", reason: "Ready", message: ready.message }];
  }
  const message = `${ready.reason}: ${ready.message}`;
  if (ready.reason === "Paused")
    return sameReason ? [] : [{ type: "Normal", reason: "Paused", message: ready.message }];
  const problem = isProblem(ready.reason);
  const entered = next.phase !== previous?.phase && worthTelling.has(next.phase ?? "");
  if (!entered && (sameReason || !problem)) return [];
  const phase = next.phase as Happening["reason"];
  return [{ type: problem ? "Warning" : "Normal", reason: worthTelling.has(phase) ? phase : "NotReady", message }];
}

/** Phases whose beginning is told whatever the reason is; the others come and go at every start. */
const worthTelling: ReadonlySet<string> = new Set<Happening["reason"]>(["Degraded", "Failed", "Deleting"]);

/** A person may have to do something, where other reasons only say that things take their time. */
function isProblem(reason: string): boolean {
  return (reasons[reason as Reason]?.todo ?? "") !== "";
}
