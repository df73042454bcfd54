import { isDeepStrictEqual } from "node:util";
import {
  apiVersion,
  type ClusterGroup,
  type ClusterGroupStatus,
  clusterGroups,
  fieldManagers,
  type HostCluster,
  type NestedCluster,
} from "@inkube/api";
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
import { silentAfterMs } from "../placement/eligibility.ts";
import type { FleetView } from "../view/fleet-view.ts";
import { type GroupFleet, groupStatus } from "./group-status.ts";

export interface GroupControllerOptions {
  client: Client;
  view: FleetView;
  clock: Clock;
  logger: Logger;
}

/** Changes that come together are counted together: a group is counted at most so often, milliseconds. */
const restMs = 1_000;
/** Hosts fall silent without a change of anything. */
const lookMs = 30_000;

/** Keeps the status of cluster groups right. Writes only what is new. */
export function createGroupController({ client, view, clock, logger }: GroupControllerOptions): Controller {
  const countedAt = new Map<string, number>();
  const fleet = fleetOf(view);
  const groupsWith = (hosts: ReadonlySet<string | undefined>): string[] =>
    [...view.groups.list()]
      .filter((object) => asGroup(object).spec.hosts.some(({ name }) => hosts.has(name)))
      .map(({ metadata }) => metadata.name);
  return createController({
    name: "groups",
    sources: [
      sourceOf(view.groups, (change) => [changedObject(change).metadata.name]),
      sourceOf(view.hosts, (change) =>
        hostCountsTheSame(change) ? [] : groupsWith(new Set([changedObject(change).metadata.name])),
      ),
      sourceOf(view.clusters, (change) => {
        if (clusterCountsTheSame(change)) return [];
        const { group } = changedObject(change).spec as NestedCluster["spec"];
        return [...(group === undefined ? [] : [group]), ...groupsWith(new Set(hostsOf(change)))];
      }),
    ],
    reconcile: async (name, { signal }): Promise<Outcome> => {
      const object = view.groups.get(name);
      if (!object || object.metadata.deletionTimestamp !== undefined) {
        countedAt.delete(name);
        return undefined;
      }
      const now = clock.now();
      const age = now - (countedAt.get(name) ?? Number.NEGATIVE_INFINITY);
      if (age >= 0 && age < restMs) return { after: restMs - age };
      countedAt.set(name, now);
      const status = groupStatus(asGroup(object), fleet, now);
      if (!isDeepStrictEqual(inOrder(asGroup(object).status), status)) await write(client, object, status, signal);
      return { after: lookMs };
    },
    clock,
    logger,
  });
}

function fleetOf(view: FleetView): GroupFleet {
  return {
    host: (name) => view.hosts.get(name) as HostCluster | undefined,
    on: (host) => view.clusters.byIndex("host", host) as unknown as NestedCluster[],
    in: (group) => view.clusters.byIndex("group", group) as unknown as NestedCluster[],
  };
}

async function write(client: Client, { metadata }: KubeObject, status: ClusterGroupStatus, signal: AbortSignal) {
  const { name, uid } = metadata;
  const wanted = {
    apiVersion,
    kind: clusterGroups.kind,
    metadata: { name, ...(uid !== undefined && { uid }) },
    status,
  };
  const options = { fieldManager: fieldManagers.hub, force: true, subresource: "status" as const, signal };
  await client.apply(clusterGroups, wanted, options);
}

/** The API server may keep the hosts in the order in which they came. */
function inOrder(status: ClusterGroupStatus | undefined): ClusterGroupStatus | undefined {
  if (!status?.hosts) return status;
  return { ...status, hosts: status.hosts.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** True for a heartbeat that says nothing else, unless it ends a silence. */
function hostCountsTheSame(change: Change): boolean {
  if (change.type !== "modified") return false;
  const [before, after] = [change.previous, change.object].map((object) => object as unknown as HostCluster);
  const beat = (host: HostCluster | undefined): number => Date.parse(host?.status?.heartbeat ?? "");
  return (
    before?.metadata.generation === after?.metadata.generation &&
    before?.metadata.deletionTimestamp === after?.metadata.deletionTimestamp &&
    isDeepStrictEqual(before?.status?.capacity, after?.status?.capacity) &&
    (beat(before) === beat(after) || Math.abs(beat(after) - beat(before)) <= silentAfterMs)
  );
}

function clusterCountsTheSame(change: Change): boolean {
  if (change.type !== "modified") return false;
  const [before, after] = hostsOf(change);
  return before === after && change.previous.metadata.generation === change.object.metadata.generation;
}

/** Where it was and where it is. */
function hostsOf(change: Change): (string | undefined)[] {
  const hostOf = ({ status }: KubeObject) => (status as NestedCluster["status"])?.host;
  return change.type === "modified"
    ? [hostOf(change.previous), hostOf(change.object)]
    : [hostOf(changedObject(change))];
}

function asGroup(object: KubeObject): ClusterGroup {
  return object as unknown as ClusterGroup;
}
