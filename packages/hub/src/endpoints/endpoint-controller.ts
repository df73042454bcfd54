import type { ClusterGroup, HostCluster, NestedCluster } from "@inkube/api";
import {
  type Change,
  type Client,
  type Clock,
  type Controller,
  changedObject,
  createController,
  type KubeObject,
  type Logger,
  type Outcome,
  sourceOf,
} from "@inkube/kube";
import type { TunnelRegistry } from "../tunnels/tunnel-registry.ts";
import type { FleetView } from "../view/fleet-view.ts";
import { type AskTimes, againMs, createAskTimes, everyMs } from "./ask-times.ts";
import { type Authorities, createAuthorities } from "./authorities.ts";
import { tellEndpoint, withdrawEndpoint } from "./endpoint-condition.ts";
import { type EndpointFleet, endpointTarget } from "./endpoint-target.ts";
import { type Dialling, observeEndpoint } from "./observe-endpoint.ts";

export interface EndpointOptions {
  client: Client;
  view: FleetView;
  tunnels: TunnelRegistry;
  dialling: Dialling;
  clock: Clock;
  logger: Logger;
}

interface Observer extends EndpointOptions {
  fleet: EndpointFleet;
  authorities: Authorities;
  times: AskTimes;
}

/** Endpoints that are dialled at the same time. */
const concurrency = 8;

/**
 * Says of nested clusters on other hosts whether their endpoints answer the hub, as they would people outside the host. The condition
 * is the hub's alone and counts for nothing else: a hub may have no way to a host's network.
 */
export function createEndpointController(options: EndpointOptions): Controller {
  const { view, tunnels, clock, logger } = options;
  const fleet: EndpointFleet = {
    host: (name) => view.hosts.get(name) as HostCluster | undefined,
    group: (name) => view.groups.get(name) as ClusterGroup | undefined,
  };
  const observer = { ...options, fleet, authorities: createAuthorities(tunnels), times: createAskTimes() };
  return createController({
    name: "endpoints",
    sources: [
      sourceOf(view.clusters, (change) => {
        if (change.type === "deleted") observer.authorities.forget(change.previous.metadata.uid ?? "");
        return [keyOf(changedObject(change))];
      }),
      sourceOf(view.hosts, (change) => ifSpecChanged(change, (name) => view.clusters.byIndex("host", name)), "low"),
      sourceOf(view.groups, (change) => ifSpecChanged(change, (name) => view.clusters.byIndex("group", name)), "low"),
    ],
    reconcile: (key, { signal }) => reconcile(observer, key, signal),
    queue: { concurrency, backoff: { baseMs: 1_000, maxMs: 60_000 } },
    clock,
    logger,
  });
}

async function reconcile(observer: Observer, key: string, signal: AbortSignal): Promise<Outcome> {
  const { client, view, fleet, times, clock } = observer;
  const [project = "", name = ""] = key.split("/");
  const cluster = view.clusters.get(name, project) as NestedCluster | undefined;
  if (!cluster) {
    times.forget(key);
    return undefined;
  }
  const target = endpointTarget(cluster, fleet);
  if (!target) {
    await withdrawEndpoint(client, cluster, signal);
    return undefined;
  }
  const after = times.take(key, cluster.metadata.uid ?? "", target, clock.now());
  if (after > 0) return { after };
  const reason = await observeEndpoint(observer, cluster, target, signal);
  signal.throwIfAborted();
  if (reason === undefined) {
    times.failed(key);
    return { after: againMs };
  }
  await tellEndpoint(client, cluster, { reason, now: clock.now() }, signal);
  return { after: everyMs };
}

/** The domain that names must lie under may be another. */
function ifSpecChanged(change: Change, clustersOf: (name: string) => Iterable<KubeObject>): string[] {
  const { generation, name } = changedObject(change).metadata;
  if (change.type === "modified" && change.previous.metadata.generation === generation) return [];
  return [...clustersOf(name)].map(keyOf);
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
