import {
  apiVersion,
  type Condition,
  conditionTypes,
  fieldManagers,
  getCondition,
  type HostClusterSpec,
  type HostClusterStatus,
  hostClusters,
  names,
  programVersion,
} from "@inkube/api";
import type { Client, Clock, KubeObject, WatchCache } from "@inkube/kube";
import { capacity, type HostNode } from "../../host/host-node.ts";
import { says } from "../../objects/subset.ts";
import type { Observation } from "../nested-cluster/scope.ts";
import { observedConditions } from "../observed-conditions.ts";
import type { WildcardLook } from "./wildcard-look.ts";

/** How old a heartbeat gets at most, and how often the slow look-ups are made again. */
export const heartbeatMs = 60_000;

export interface HostClusterDependencies {
  client: Client;
  clock: Clock;
  hostClusters: WatchCache;
  nodes: WatchCache<HostNode>;
  /** Version of the host's API server. */
  version: () => Promise<string>;
  serviceCIDR: () => Promise<string>;
  /** Whether the host serves the Metrics API. */
  metrics: () => Promise<NonNullable<HostClusterStatus["metrics"]>>;
  /** What this agent may do there. */
  access: NonNullable<HostClusterStatus["access"]>;
  /** Whether names of nested clusters lead to the host, where that needs a record of DNS. */
  wildcardDNS: WildcardLook;
}

/** Writes what is true of this host into HostCluster `local`: at once when it changed, else as a heartbeat. */
export async function reconcileHostCluster(
  dependencies: HostClusterDependencies,
  signal: AbortSignal,
): Promise<{ after: number }> {
  const { client, clock } = dependencies;
  const live = dependencies.hostClusters.get(names.localHost);
  if (!live || live.metadata.deletionTimestamp !== undefined) return { after: heartbeatMs };
  const now = clock.now();
  const { heartbeat: lastBeat, ...previous } = (live.status ?? {}) as HostClusterStatus;
  const next = await nextStatus(dependencies, live, now);
  const due = lastBeat === undefined || now - Date.parse(lastBeat) >= heartbeatMs;
  if (!due && says(previous, next)) return { after: heartbeatMs - (now - Date.parse(lastBeat)) };
  const status = { ...next, heartbeat: new Date(now).toISOString() };
  const object = { apiVersion, kind: hostClusters.kind, metadata: { name: names.localHost }, status };
  await client.apply(hostClusters, object, {
    fieldManager: fieldManagers.agent,
    force: true,
    subresource: "status",
    signal,
  });
  return { after: heartbeatMs };
}

async function nextStatus(
  dependencies: HostClusterDependencies,
  live: KubeObject,
  now: number,
): Promise<HostClusterStatus> {
  const { endpoint } = (live.spec ?? {}) as Partial<HostClusterSpec>;
  const [facts, record] = await Promise.all([hostFacts(dependencies), dependencies.wildcardDNS(endpoint)]);
  const observed: [string, Observation][] = [
    [conditionTypes.ready, { status: "True", reason: "HostReady" }],
    ...(record ? [[conditionTypes.wildcardDNS, record] satisfies [string, Observation]] : []),
  ];
  const before = conditionsOf(live).filter(({ type }) => record !== undefined || type !== conditionTypes.wildcardDNS);
  const conditions = observedConditions(before, observed, { generation: live.metadata.generation ?? 0, now });
  return { ...facts, conditions };
}

function conditionsOf(host: KubeObject | undefined): Condition[] {
  return (host?.status as HostClusterStatus | undefined)?.conditions ?? [];
}

/** What a hub is told of the conditions on the host's own object. The generation is this object's, which the hub's knows nothing of. */
export function toldConditions(host: KubeObject | undefined): Pick<HostClusterStatus, "conditions"> {
  const found = getCondition(conditionsOf(host), conditionTypes.wildcardDNS);
  if (!found) return {};
  const { observedGeneration: _ours, ...condition } = found;
  return { conditions: [condition] };
}

/** What of a host's status needs no object there: also known of hosts on which the agent may only look. */
export async function hostFacts({
  nodes,
  version,
  serviceCIDR,
  metrics,
  access,
}: Pick<
  HostClusterDependencies,
  "nodes" | "version" | "serviceCIDR" | "metrics" | "access"
>): Promise<HostClusterStatus> {
  const ready = [...nodes.list()].filter((node) => node.ready);
  const [hostVersion, range, usage] = await Promise.all([
    version(),
    serviceCIDR().catch(() => undefined),
    metrics().catch(() => undefined),
  ]);
  return {
    phase: "Running",
    version: hostVersion,
    agentVersion: programVersion,
    access,
    nodes: ready.length,
    capacity: capacity(ready),
    ...(range !== undefined && { serviceCIDR: range }),
    ...(usage && { metrics: usage }),
  };
}
