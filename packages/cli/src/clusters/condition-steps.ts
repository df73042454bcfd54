import { type Condition, conditionTypes, getCondition, type NestedCluster, type Reason, reasons } from "@inkube/api";
import type { Step, StepState } from "../progress/progress.ts";

/** What happens on the way to Ready, in the order in which it usually does. */
const order: { type: string; name: string }[] = [
  { type: conditionTypes.namespaceReady, name: "Namespace" },
  { type: conditionTypes.controlPlaneReady, name: "Control plane" },
  { type: conditionTypes.synced, name: "Sync" },
  { type: conditionTypes.endpointReachable, name: "Endpoint" },
  { type: conditionTypes.ready, name: "Ready" },
];

/** Reasons that say that things take their time; any other reason of a condition that is not true is a problem. */
const underWay: ReadonlySet<string> = new Set<Reason>([
  "Waiting",
  "NamespaceCreating",
  "ContainersStarting",
  "SyncStarting",
  "EndpointPending",
]);

/** The conditions of a cluster as steps for a person. */
export function conditionSteps(cluster: NestedCluster): Step[] {
  const conditions = cluster.status?.conditions;
  return order.map(({ type, name }) => {
    const condition = getCondition(conditions, type);
    const state = stepState(condition);
    // Ready sums up the others, so its message would only say again what stands beside it.
    const silent = state === "waiting" || state === "done" || type === conditionTypes.ready;
    return { name, state, detail: silent ? "" : detail(condition) };
  });
}

/** The condition that explains best why a cluster is not ready: the first problem, else the first that is not true. */
export function blockingCondition(cluster: NestedCluster): Condition | undefined {
  const conditions = order
    .filter(({ type }) => type !== conditionTypes.ready)
    .map(({ type }) => getCondition(cluster.status?.conditions, type))
    .filter((condition) => condition !== undefined && condition.status !== "True");
  const ready = getCondition(cluster.status?.conditions, conditionTypes.ready);
  const ownProblem = ready?.status === "True" ? undefined : ready;
  return conditions.find((condition) => stepState(condition) === "failed") ?? conditions[0] ?? ownProblem;
}

/** True when the agent has seen the current specification and everything that was asked for runs. */
export function isReady(cluster: NestedCluster): boolean {
  const ready = getCondition(cluster.status?.conditions, conditionTypes.ready);
  const observed = ready?.observedGeneration ?? cluster.status?.observedGeneration ?? 0;
  return ready?.status === "True" && observed >= (cluster.metadata.generation ?? 0);
}

function stepState(condition: Condition | undefined): StepState {
  if (!condition) return "waiting";
  if (condition.status === "True") return "done";
  return underWay.has(condition.reason) ? "working" : "failed";
}

function detail(condition: Condition | undefined): string {
  if (!condition) return "";
  return condition.message || (reasons[condition.reason as Reason]?.happened ?? condition.reason);
}
