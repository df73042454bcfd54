import { clusterGroups, hostClusters } from "@inkube/api";
import type { KubeObject, WatchCache } from "@inkube/kube";
import { clusterGrants, isGranted, isShared, sharedGrants } from "../access/grants.ts";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";
import { clusterFilter, type Filter, objectFilter } from "../view/filter.ts";
import type { FleetView } from "../view/fleet-view.ts";

/** Kinds of objects that can be watched, by their names in paths. */
export const liveKinds = ["clusters", "hosts", "groups"] as const;
export type LiveKind = (typeof liveKinds)[number];

/** What a caller wants to watch; an absent member does not narrow. */
export interface LiveQuery {
  kinds: readonly LiveKind[];
  /** Nested clusters of this project. */
  project?: string | undefined;
  /** This host, and nested clusters on it. */
  host?: string | undefined;
  /** This group, and nested clusters of it. */
  group?: string | undefined;
  /** Objects of every kind. */
  label?: string | undefined;
}

/** What a caller may see, as it was judged at one moment. */
export interface LiveScope {
  /** Scopes with equal texts show the same. */
  readonly text: string;
  shows(kind: LiveKind, object: KubeObject): boolean;
}

export function cacheOf(view: FleetView, kind: LiveKind): WatchCache {
  return { clusters: view.clusters, hosts: view.hosts, groups: view.groups }[kind];
}

/** Whether an object is asked for, kind by kind. Throws AppError USAGE for labels that cannot be understood. */
export function liveFilters({ project, host, group, label }: LiveQuery): Record<LiveKind, Filter> {
  const ordinary = objectFilter({ label });
  const named = (name: string | undefined): Filter => {
    return (object) => (name === undefined || object.metadata.name === name) && ordinary(object);
  };
  return { clusters: clusterFilter({ project, host, group, label }), hosts: named(host), groups: named(group) };
}

/** Decided by the Kubernetes API, for the kinds that are watched alone. */
export async function liveScope(
  { access, view, hiddenGroups }: Pick<HubContext, "access" | "view" | "hiddenGroups">,
  principal: Principal,
  { kinds, project }: LiveQuery,
): Promise<LiveScope> {
  const shared = async (kind: LiveKind, type: typeof hostClusters | typeof clusterGroups) =>
    kinds.includes(kind) ? await sharedGrants(access, view, principal, type) : new Set<string>();
  const [clusters, hosts, groups] = await Promise.all([
    kinds.includes("clusters") ? clusterGrants(access, view, principal, project) : new Map<string, "all">(),
    shared("hosts", hostClusters),
    shared("groups", clusterGroups),
  ]);
  const hidden = groups === "all" || !kinds.includes("groups") ? new Set<string>() : await hiddenGroups.names();
  return {
    text: JSON.stringify([clusters, hosts, groups, hidden], plain),
    shows: (kind, object) => {
      if (kind === "clusters") return isGranted(clusters, object.metadata.namespace ?? "", object.metadata.name);
      if (kind === "hosts") return isShared(hosts, object);
      return !hidden.has(object.metadata.name) && isShared(groups, object);
    },
  };
}

/** Sets and maps as sorted lists. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Set) return [...value].sort();
  if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  return value;
}
