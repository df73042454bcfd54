import {
  apiVersion,
  type ClusterGroup,
  type Condition,
  fieldManagers,
  type HostCluster,
  type NestedCluster,
  nestedClusters,
  placementFinalizer,
  type Reason,
  reasonMessage,
  setCondition,
} from "@inkube/api";
import {
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
import { dropFinalizer } from "../hosts/finalizer.ts";
import type { FleetView } from "../view/fleet-view.ts";
import { type Fleet, ownHost, place } from "./place.ts";

export interface PlacementOptions {
  client: Client;
  view: FleetView;
  clock: Clock;
  logger: Logger;
}

/** One that found no place is looked at again, though nothing that is watched has changed: agents fall silent. */
const againMs = 15_000;

/**
 * Chooses a host for every nested cluster that has none, one after the other, so that two never take the same room. Where it was
 * placed is written once, in the status, which only the hub may write.
 */
export function createPlacementController(options: PlacementOptions): Controller {
  const { view, clock, logger } = options;
  const placed = new Map<string, { host: string; cluster: NestedCluster }>();
  const waiting = (): string[] => view.clusters.byIndex("unplaced", "true").map(keyOf);
  return createController({
    name: "placement",
    sources: [
      sourceOf(view.clusters, (change) => {
        const object = changedObject(change);
        if (change.type === "deleted" || hostOf(object) !== undefined) placed.delete(keyOf(object));
        // Room that became free is for those who wait.
        const freed = change.type === "deleted" || (change.type === "modified" && specChanged(change.previous, object));
        return freed ? [keyOf(object), ...waiting()] : [keyOf(object)];
      }),
      sourceOf(view.hosts, waiting, "low"),
      sourceOf(view.groups, waiting, "low"),
    ],
    reconcile: (key, { signal }) => reconcile(options, fleetOf(view, placed), placed, key, signal),
    queue: { concurrency: 1, backoff: { baseMs: 50, maxMs: 10_000 } },
    clock,
    logger,
  });
}

function fleetOf(view: FleetView, placed: ReadonlyMap<string, { host: string; cluster: NestedCluster }>): Fleet {
  return {
    host: (name) => view.hosts.get(name) as HostCluster | undefined,
    group: (name) => view.groups.get(name) as ClusterGroup | undefined,
    *on(host) {
      for (const object of view.clusters.byIndex("host", host)) yield object as unknown as NestedCluster;
      for (const one of placed.values()) if (one.host === host) yield one.cluster;
    },
  };
}

async function reconcile(
  options: PlacementOptions,
  fleet: Fleet,
  placed: Map<string, { host: string; cluster: NestedCluster }>,
  key: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { client, view, clock, logger } = options;
  const [project = "", name = ""] = key.split("/");
  const object = view.clusters.get(name, project);
  if (!object || hostOf(object) !== undefined || placed.has(key)) return undefined;
  if (object.metadata.deletionTimestamp !== undefined) {
    // It was never anywhere.
    if (object.metadata.finalizers?.includes(placementFinalizer)) await dropFinalizer(client, nestedClusters, object);
    return undefined;
  }
  const cluster = object as unknown as NestedCluster;
  const now = clock.now();
  const placement = place(cluster, fleet, now);
  if ("refused" in placement) {
    await writeStatus(client, object, refusal(cluster, placement.refused, placement.particulars, now), signal);
    return { after: againMs };
  }
  const { host } = placement;
  const settled = await settle(client, object, host, fleet, signal);
  // Counted from now on, until the watch shows it where it was placed.
  placed.set(key, { host, cluster });
  const conditions = [condition(cluster, "Placed", "True", "Placed", host, now)];
  try {
    await writeStatus(client, settled, { host, conditions }, signal);
  } catch (error) {
    placed.delete(key);
    throw error;
  }
  logger.info({ cluster: key, host }, "Placed nested cluster");
  return undefined;
}

/** Writes what the group decides for it, and what keeps the object until its host has nothing left of it. Gives the object after that. */
async function settle(
  client: Client,
  object: KubeObject,
  host: string,
  fleet: Fleet,
  signal: AbortSignal,
): Promise<KubeObject> {
  const { metadata, spec } = object as unknown as NestedCluster;
  const group = spec.group === undefined ? undefined : fleet.group(spec.group)?.spec;
  const domain = group?.hosts.find(({ name }) => name === host)?.domain;
  const endpoint = {
    ...(group && spec.endpoint.type === undefined && { type: group.endpointType }),
    ...(domain !== undefined && spec.endpoint.domain === undefined && { domain }),
  };
  const decided = {
    ...(group && spec.distro === undefined && { distro: group.distro }),
    ...(group?.version !== undefined && spec.version === undefined && { version: group.version }),
    ...(Object.keys(endpoint).length > 0 && { endpoint }),
    ...(group?.advanced && spec.advanced === undefined && { advanced: group.advanced }),
  };
  const held = metadata.finalizers ?? [];
  const finalizers = host === ownHost || held.includes(placementFinalizer) ? held : [...held, placementFinalizer];
  if (Object.keys(decided).length === 0 && finalizers === held) return object;
  const patch = { metadata: { resourceVersion: metadata.resourceVersion, finalizers }, spec: decided };
  const ref = { name: metadata.name, namespace: metadata.namespace ?? "" };
  return client.patch(nestedClusters, ref, patch, { type: "merge", fieldManager: fieldManagers.hub, signal });
}

function refusal(cluster: NestedCluster, reason: Reason, particulars: string, now: number) {
  const types = ["Ready", "Placed"] as const;
  return {
    phase: "Pending",
    conditions: types.map((type) => condition(cluster, type, "False", reason, particulars, now)),
  };
}

function condition(
  { metadata, status }: NestedCluster,
  type: "Ready" | "Placed",
  value: "True" | "False",
  reason: Reason,
  particulars: string,
  now: number,
): Condition {
  const observedGeneration = metadata.generation ?? 0;
  const message = reasonMessage(reason, particulars);
  const all = setCondition(status?.conditions, { type, status: value, reason, message, observedGeneration }, now);
  return all.find((one) => one.type === type) as Condition;
}

/** Fails when the object is not any more what was decided upon: a leader that came late must not undo what another has done. */
async function writeStatus(client: Client, object: KubeObject, status: object, signal: AbortSignal): Promise<void> {
  const { name, namespace = "", uid = "", resourceVersion = "" } = object.metadata;
  const metadata = { name, namespace, uid, resourceVersion };
  const wanted = { apiVersion, kind: nestedClusters.kind, metadata, status };
  const options = { fieldManager: fieldManagers.hub, force: true, subresource: "status" as const, signal };
  await client.apply(nestedClusters, wanted, options);
}

function hostOf(object: KubeObject): string | undefined {
  return (object.status as NestedCluster["status"])?.host;
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function specChanged(previous: KubeObject, object: KubeObject): boolean {
  return previous.metadata.generation !== object.metadata.generation;
}
