import {
  type Condition,
  conditionTypes,
  fieldManagers,
  getCondition,
  type NestedClusterStatus,
  nestedClusters,
  type Phase,
  type Reason,
} from "@inkube/api";
import { apiVersionOf, type Client } from "@inkube/kube";
import { says } from "../../objects/subset.ts";
import { observedConditions } from "../observed-conditions.ts";
import type { Observation, OwnCondition, Scope } from "./scope.ts";

const ownConditions: readonly OwnCondition[] = ["NamespaceReady", "ControlPlaneReady", "EndpointReachable"];

/** What of the status is the agent's. The syncer owns the rest under its own field manager. */
export function nextStatus(scope: Scope, now: number): NestedClusterStatus {
  const { cluster, identity } = scope;
  const observedGeneration = cluster.metadata.generation ?? 0;
  const previous = cluster.status?.conditions ?? [];
  const ready = judgeReady(scope, previous);
  const observed: [string, Observation][] = [
    [conditionTypes.ready, ready],
    ...ownConditions.map((type): [string, Observation] => [type, observationOf(scope, previous, type)]),
  ];
  const before = previous.filter(({ type }) => type !== conditionTypes.synced);
  const conditions = observedConditions(before, observed, { generation: observedGeneration, now });
  const endpoint = endpointOf(scope);
  const distro = scope.distro ?? cluster.status?.distro;
  const version = scope.version ?? cluster.status?.version;
  return {
    phase: phaseOf(scope, ready),
    namespace: identity.hostNamespace,
    observedGeneration,
    conditions,
    ...(endpoint !== undefined && { endpoint }),
    ...(distro !== undefined && { distro }),
    ...(version !== undefined && { version }),
  };
}

/** The address stays while there is none for a moment, but not when it is one of another type. */
function endpointOf({ cluster, endpointUrl, endpointType }: Scope): NestedClusterStatus["endpoint"] {
  const before = cluster.status?.endpoint;
  if (endpointType === undefined) return before;
  const kept = before?.type === undefined || before.type === endpointType ? before?.url : undefined;
  const url = endpointUrl ?? kept;
  return { type: endpointType, ...(url !== undefined && { url }) };
}

/** Writes the status when it says something new; one request at most. What it wrote, if it did. */
export async function writeStatus(client: Client, scope: Scope, now: number): Promise<NestedClusterStatus | undefined> {
  const status = nextStatus(scope, now);
  if (saysTheSame(scope.cluster.status, status)) return undefined;
  const { name, namespace = "", uid } = scope.cluster.metadata;
  const metadata = { name, namespace, ...(uid && { uid }) };
  const object = { apiVersion: apiVersionOf(nestedClusters), kind: nestedClusters.kind, metadata, status };
  const options = {
    fieldManager: fieldManagers.agent,
    force: true,
    subresource: "status",
    signal: scope.signal,
  } as const;
  await client.apply(nestedClusters, object, options);
  if (scope.cluster.status?.phase !== status.phase) {
    scope.logger.info({ from: scope.cluster.status?.phase ?? "", to: status.phase }, "Changed phase of nested cluster");
  }
  return status;
}

function saysTheSame(live: NestedClusterStatus | undefined, next: NestedClusterStatus): boolean {
  const { conditions = [], ...rest } = next;
  return (
    says(live, rest) && conditions.every((condition) => says(getCondition(live?.conditions, condition.type), condition))
  );
}

/** An observation of this run, or what stood there before, or that it waits. */
function observationOf(scope: Scope, previous: readonly Condition[], type: OwnCondition): Observation {
  const observed = scope.observations[type];
  if (observed) return observed;
  if (scope.failed && !getCondition(previous, type)) return { status: "False", reason: "Waiting" };
  return { status: "False", reason: "Waiting" };
}

function judgeReady(scope: Scope, previous: readonly Condition[]): Observation {
  if (scope.cluster.metadata.deletionTimestamp !== undefined) {
    return scope.observations.NamespaceReady ?? { status: "False", reason: "Deleting" };
  }
  if (scope.failed) return scope.failed;
  for (const type of ownConditions) {
    const observation = observationOf(scope, previous, type);
    if (observation.status !== "True") return observation;
  }
  const synced = getCondition(previous, conditionTypes.synced);
  if (!synced) return { status: "False", reason: "SyncStarting" };
  if (synced.status === "True") return { status: "True", reason: "Ready" };
  return { status: "False", reason: synced.reason as Reason };
}

const failures: ReadonlySet<Reason> = new Set<Reason>([
  "HostNamespaceTaken",
  "VersionUnsupported",
  "DistroUnsupported",
  "SpecInvalid",
  "PullSecretMissing",
  "NestingDisabled",
]);

function phaseOf(scope: Scope, ready: Observation): Phase {
  if (scope.cluster.metadata.deletionTimestamp !== undefined) return "Deleting";
  if (ready.status === "True") return "Ready";
  if (failures.has(ready.reason)) return "Failed";
  const before = scope.cluster.status?.phase;
  if (before === "Ready" || before === "Degraded") return "Degraded";
  return scope.observations.NamespaceReady?.status === "True" ? "Provisioning" : "Pending";
}
