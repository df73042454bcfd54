import { isDeepStrictEqual } from "node:util";
import {
  apiVersion,
  type ClusterReport,
  type Condition,
  fieldManagers,
  type HostCluster,
  hostClusters,
  isAppError,
  names,
  nestedClusters,
  type Report,
} from "@inkube/api";
import { type Client, type Clock, isKubeError, type KubeObject, type Logger } from "@inkube/kube";
import type { FleetView } from "../view/fleet-view.ts";
import { dropFinalizer } from "./finalizer.ts";
import { isAlreadyTold } from "./reported/already-told.ts";
import {
  hostConditions,
  type ReportedStatus,
  reportedClusterStatus,
  reportedHostStatus,
} from "./reported/reported-status.ts";
import { placedOn } from "./wanted-feed.ts";

export interface ReportDependencies {
  client: Client;
  view: FleetView;
  clock: Clock;
  logger: Logger;
}

/**
 * Writes what a host says of itself and of its nested clusters. It may speak only of what was placed on it, and only what is its
 * own to say: anything else is passed over, and the host is told by the names in the answer. Returns `project/name` of those that
 * were refused. Throws AppError TOO_LARGE for what it says of itself, and the signal's reason when it is aborted before the end.
 */
export async function takeReport(
  dependencies: ReportDependencies,
  host: string,
  report: Report,
  signal: AbortSignal,
): Promise<string[]> {
  if (report.host) await writeHost(dependencies, host, report.host);
  const refused: string[] = [];
  for (const one of report.clusters ?? []) {
    signal.throwIfAborted();
    if (!(await takeClusterReport(dependencies, host, one))) refused.push(`${one.project}/${one.name}`);
  }
  if (report.removed) await releaseHost(dependencies, host);
  return refused;
}

/** A heartbeat that says nothing else is written only so often: agents send one every few seconds. */
const heartbeatMs = 15_000;

async function writeHost(dependencies: ReportDependencies, name: string, reported: object): Promise<void> {
  const { client, view, clock } = dependencies;
  const { conditions: said, ...facts } = counted(dependencies, name, reportedHostStatus({ ...reported }));
  // On the hub's own cluster the agent has written them already, into the same object.
  const isOwn = name === names.localHost;
  const told = isOwn ? [] : ((said ?? []) as Condition[]);
  const now = clock.now();
  const {
    heartbeat: last,
    conditions = [],
    ...rest
  } = (view.hosts.get(name)?.status ?? {}) as HostCluster["status"] & object;
  const known = { ...rest, conditions: isOwn ? [] : conditions.filter(({ type }) => hostConditions.has(type)) };
  const fresh = last !== undefined && now - Date.parse(last) < heartbeatMs;
  if (fresh && isDeepStrictEqual(known, { ...known, ...facts, conditions: told, phase: "Running" })) return;
  const heartbeat = new Date(now).toISOString();
  await applyStatus(
    client,
    hostClusters,
    { name },
    {
      ...facts,
      ...(told.length > 0 && { conditions: told }),
      phase: "Running",
      heartbeat,
    },
  );
}

async function takeClusterReport(
  dependencies: ReportDependencies,
  host: string,
  report: ClusterReport,
): Promise<boolean> {
  const { client, view } = dependencies;
  const { project, name, uid } = report;
  const object = view.clusters.get(name, project) ?? (await client.get(nestedClusters, { namespace: project, name }));
  if (!object || object.metadata.uid !== uid || placedOn(object) !== host) return false;
  if (report.gone) return releaseCluster(dependencies, object);
  try {
    const status = counted(dependencies, host, reportedClusterStatus(report.status ?? {}));
    if (await isKnown(dependencies, object, status)) return true;
    await applyStatus(client, nestedClusters, { namespace: project, name, uid }, status);
  } catch (error) {
    if (isAppError(error, "TOO_LARGE")) return false;
    if (!isKubeError(error, "notFound", "conflict")) throw error;
    // Deleted meanwhile: there is nothing left to say about it. Any other conflict is one with another writer, and passes.
    const live = await client.get(nestedClusters, { namespace: project, name });
    if (live?.metadata.uid === uid) throw error;
  }
  return true;
}

/**
 * Agents that come back tell everything again. The copy in memory may be old, so it only says where looking is worth it; to look
 * costs the Kubernetes API less than to write what is there already.
 */
async function isKnown({ client }: ReportDependencies, object: KubeObject, status: Record<string, unknown>) {
  if (!isAlreadyTold(object, status)) return false;
  const { name, namespace = "" } = object.metadata;
  const live = await client.get(nestedClusters, { namespace, name });
  return live !== undefined && live.metadata.uid === object.metadata.uid && isAlreadyTold(live, status);
}

function counted({ logger }: ReportDependencies, host: string, { status, ignored }: ReportedStatus) {
  // Only how many: their names are the host's to choose.
  if (ignored.length > 0) logger.debug({ host, members: ignored.length }, "Left out what a host may not say");
  return status;
}

async function applyStatus(
  client: Client,
  type: typeof hostClusters | typeof nestedClusters,
  ref: { name: string; namespace?: string; uid?: string },
  status: object,
): Promise<void> {
  const object: KubeObject = { apiVersion, kind: type.kind, metadata: ref, status };
  await client.apply(type, object, { fieldManager: fieldManagers.mirror, force: true, subresource: "status" });
}

/** Lets the object go that was only kept until its host had nothing left of it. */
async function releaseCluster({ client }: ReportDependencies, object: KubeObject): Promise<boolean> {
  if (object.metadata.deletionTimestamp === undefined) return false;
  await dropFinalizer(client, nestedClusters, object);
  return true;
}

async function releaseHost({ client, view, logger }: ReportDependencies, name: string): Promise<void> {
  const object = view.hosts.get(name) as (KubeObject & HostCluster) | undefined;
  if (object?.metadata.deletionTimestamp === undefined) return;
  logger.info({ host: name }, "Host is removed");
  await dropFinalizer(client, hostClusters, object);
}
