import { annotations } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { KindContext, NestedWrite } from "../kind.ts";
import { mergePatch } from "../merge-patch.ts";
import { tenantTerms } from "../tenant-terms.ts";
import { type Json, optional, record, records, text, without } from "../untyped.ts";
import { containerNames } from "./containers.ts";

/** Conditions that the host's scheduler and kubelet judge; others that only the nested pod has were set inside and stay. */
const hostConditions = new Set([
  "PodScheduled",
  "Initialized",
  "ContainersReady",
  "Ready",
  "PodReadyToStartContainers",
  "PodResizePending",
  "PodResizeInProgress",
  "DisruptionTarget",
]);

const statusLists = ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"] as const;

/** Ends whose message is the runtime's; that of any other end was written by the container itself and is not touched. */
const runtimeEnds = ["ContainerCannotRun", "StartError", "ContainerStatusUnknown", "CreateContainerError"];

/** Empty lists are absent on the wire; written as lists they would be written again each time. */
function nonEmpty(field: string, list: Json[]): Json {
  return list.length > 0 ? { [field]: list } : {};
}

type Tell = (message: unknown) => unknown;

/** Types of conditions that the pod's readiness waits for and people set inside. */
export function readinessGates(pod: KubeObject): Set<string> {
  return new Set(records(record(pod.spec).readinessGates).map((gate) => text(gate.conditionType)));
}

function nestedConditions(host: KubeObject, nested: KubeObject, tell: Tell): Json[] {
  const gates = readinessGates(nested);
  const generation = nested.metadata.generation;
  const fromHost = records(record(host.status).conditions)
    .filter((condition) => !gates.has(text(condition.type)))
    .map((condition) => ({
      ...without(condition, "observedGeneration"),
      ...optional("message", tell(condition.message)),
      ...(condition.observedGeneration === undefined ? {} : optional("observedGeneration", generation)),
    }));
  const told = new Set(fromHost.map((condition) => text((condition as Json).type)));
  const inner = records(record(nested.status).conditions).filter(({ type }) => {
    const name = text(type);
    // An eviction inside marks the pod before the host knows of it.
    return !told.has(name) && (gates.has(name) || name === "DisruptionTarget" || !hostConditions.has(name));
  });
  return [...fromHost, ...inner];
}

function toldState(state: unknown, tell: Tell): Json {
  const { waiting, terminated, ...rest } = record(state);
  const end = record(terminated);
  const message = runtimeEnds.includes(text(end.reason)) ? tell(end.message) : end.message;
  return {
    ...rest,
    ...(waiting ? { waiting: { ...record(waiting), ...optional("message", tell(record(waiting).message)) } } : {}),
    ...(terminated ? { terminated: { ...end, ...optional("message", message) } } : {}),
  };
}

function nestedContainerStatuses(host: KubeObject, nested: KubeObject, tell: Tell): Json {
  const names = containerNames(nested);
  const lists: Json = {};
  for (const list of statusLists) {
    const statuses = record(host.status)[list];
    if (!Array.isArray(statuses)) continue;
    const own = records(statuses)
      .filter(({ name }) => names.has(name))
      .map((status) => ({
        ...status,
        ...(status.state ? { state: toldState(status.state, tell) } : {}),
        ...(status.lastState ? { lastState: toldState(status.lastState, tell) } : {}),
      }));
    Object.assign(lists, nonEmpty(list, own));
  }
  return lists;
}

/** The status that the nested pod must have, given its host pod's. */
export function nestedStatus(host: KubeObject, nested: KubeObject, context: KindContext): Json {
  const status = record(host.status);
  const { name, namespace = "", uid } = nested.metadata;
  const pair = { hostName: host.metadata.name, name, namespace, hostUid: host.metadata.uid, uid };
  const tell = (message: unknown) => (typeof message === "string" ? tenantTerms(message, context, pair) : message);
  const dropped = ["nominatedNodeName", "resourceClaimStatuses", "extendedResourceClaimStatus", "observedGeneration"];
  return {
    ...without(status, ...dropped, ...statusLists),
    ...optional("message", tell(status.message)),
    ...(status.observedGeneration === undefined ? {} : optional("observedGeneration", nested.metadata.generation)),
    // Immutable inside; the host may see another class because of limits that it adds.
    ...optional("qosClass", record(nested.status).qosClass ?? status.qosClass),
    ...nonEmpty("conditions", nestedConditions(host, nested, tell)),
    ...nestedContainerStatuses(host, nested, tell),
  };
}

/**
 * What a nested pod takes over from its host pod: the node, the status, and that it is being deleted there (evicted, preempted,
 * drained), with the grace that the host gives.
 */
export function podFromHost(host: KubeObject, nested: KubeObject, context: KindContext): NestedWrite[] {
  if (host.metadata.annotations?.[annotations.uid] !== nested.metadata.uid) return [];
  const writes: NestedWrite[] = [];
  const node = text(record(host.spec).nodeName);
  if (node !== "" && text(record(nested.spec).nodeName) === "") writes.push({ verb: "bind", node });
  const patch = statusPatch(host, nested, context);
  if (patch !== undefined) writes.push({ verb: "patch", subresource: "status", body: { status: patch } });
  if (host.metadata.deletionTimestamp !== undefined && nested.metadata.deletionTimestamp === undefined) {
    const grace = host.metadata.deletionGracePeriodSeconds;
    writes.push({ verb: "delete", ...(grace === undefined ? {} : { gracePeriodSeconds: grace }) });
  }
  return writes;
}

function statusPatch(host: KubeObject, nested: KubeObject, context: KindContext): Json | undefined {
  // A host pod without phase has not been seen by its API server's defaults yet.
  if (record(host.status).phase === undefined) return undefined;
  return mergePatch(record(nested.status), nestedStatus(host, nested, context));
}
