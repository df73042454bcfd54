import {
  annotations,
  apiVersion,
  type ClusterReport,
  type Condition,
  fieldManagers,
  labels,
  type NestedClusterStatus,
  nestedClusters,
  reasonMessage,
  setCondition,
} from "@inkube/api";
import {
  type Client,
  type Clock,
  isKubeError,
  type KubeObject,
  type Logger,
  resources,
  type WatchCache,
} from "@inkube/kube";
import { withHash } from "../objects/applier.ts";
import { says } from "../objects/subset.ts";
import type { WantedCluster } from "./wanted-state.ts";

export interface MirrorDependencies {
  client: Client;
  clock: Clock;
  /** NestedClusters of this host. */
  clusters: WatchCache;
  logger: Logger;
}

/**
 * Brings one nested cluster of the hub to this host, and says how it is there. What the hub does not speak of any more is left
 * alone: only an object that the hub itself is deleting is deleted here, and only by the uid that was mirrored.
 */
export async function mirrorCluster(
  dependencies: MirrorDependencies,
  wanted: WantedCluster,
  signal: AbortSignal,
): Promise<ClusterReport | undefined> {
  const { client, clusters } = dependencies;
  const { project, name, uid } = wanted;
  const ref = { namespace: project, name };
  const live = clusters.get(name, project) ?? (await client.get(nestedClusters, ref, { signal }));
  const mirrored = live?.metadata.annotations?.[annotations.hubUid];
  if (wanted.deleting) {
    // Of another incarnation, or somebody else's: nothing here belongs to what is being deleted.
    if (!live || mirrored !== uid) return { project, name, uid, gone: true };
    await remove(dependencies, live, signal);
    return { project, name, uid, status: statusOf(live) };
  }
  if (live && mirrored === undefined) return { project, name, uid, status: taken(dependencies.clock.now(), live) };
  if (live && mirrored !== uid) {
    // One of the same name was deleted and made again in the hub while this host was away.
    await remove(dependencies, live, signal);
    return undefined;
  }
  // The hash tells also what was taken away since.
  const object = withHash(mirrorOf(wanted));
  // Applying what is there already would change the object's version, and with it wake everybody who watches it.
  if (!live || (live.metadata.deletionTimestamp === undefined && !says(live, object)))
    await apply(client, object, signal);
  return { project, name, uid, status: statusOf(live) };
}

/** The object as it should be here. */
function mirrorOf(wanted: WantedCluster): KubeObject {
  const { host: _host, group: _group, ...spec } = wanted.spec;
  return {
    apiVersion,
    kind: nestedClusters.kind,
    metadata: {
      name: wanted.name,
      namespace: wanted.project,
      ...(wanted.labels && { labels: wanted.labels }),
      annotations: {
        ...wanted.annotations,
        [annotations.hubUid]: wanted.uid,
        [annotations.hubGeneration]: String(wanted.generation),
      },
    },
    spec,
  };
}

async function apply(client: Client, object: KubeObject, signal: AbortSignal): Promise<void> {
  const options = { fieldManager: fieldManagers.mirror, force: true, signal };
  try {
    await client.apply(nestedClusters, object, options);
  } catch (error) {
    if (!isMissingNamespace(error)) throw error;
    await client.apply(resources.namespaces, projectNamespace(object.metadata.namespace ?? ""), options);
    await client.apply(nestedClusters, object, options);
  }
}

function isMissingNamespace(error: unknown): boolean {
  return isKubeError(error, "notFound") && (error.details as { kind?: string } | undefined)?.kind === "namespaces";
}

function projectNamespace(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { [labels.isProject]: "true" } } };
}

async function remove({ client, logger }: MirrorDependencies, live: KubeObject, signal: AbortSignal): Promise<void> {
  if (live.metadata.deletionTimestamp !== undefined) return;
  const { name, namespace, uid } = live.metadata;
  logger.info({ cluster: `${namespace}/${name}` }, "The hub deletes a nested cluster");
  const ref = { name, ...(namespace !== undefined && { namespace }) };
  await client.delete(nestedClusters, ref, { ...(uid !== undefined && { uid }), signal });
}

/**
 * The status that the hub gets: as it is here, but for where it was placed, which only the hub says, and with the hub's own
 * generation where this host's is meant.
 */
function statusOf(live: KubeObject | undefined): Record<string, unknown> {
  const { host: _host, ...status } = (live?.status ?? {}) as NestedClusterStatus;
  const here = live?.metadata.generation ?? 0;
  const there = Number(live?.metadata.annotations?.[annotations.hubGeneration] ?? 0);
  const translated = (generation: number): number => (generation >= here ? there : Math.max(0, there - 1));
  const { observedGeneration, conditions } = status;
  return {
    ...status,
    ...(observedGeneration !== undefined && { observedGeneration: translated(observedGeneration) }),
    ...(conditions && { conditions: conditions.map((one) => withGeneration(one, translated)) }),
  };
}

function withGeneration(condition: Condition, translated: (generation: number) => number): Condition {
  const { observedGeneration } = condition;
  return observedGeneration === undefined
    ? condition
    : { ...condition, observedGeneration: translated(observedGeneration) };
}

function taken(now: number, live: KubeObject): Record<string, unknown> {
  const particulars = `${live.metadata.namespace}/${live.metadata.name} was created on the host itself`;
  const message = reasonMessage("NameTakenOnHost", particulars);
  const condition = { type: "Ready", status: "False", reason: "NameTakenOnHost", message } as const;
  return { phase: "Failed", conditions: setCondition([], condition, now) };
}
