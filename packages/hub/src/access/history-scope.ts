import { group, hostClusters } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";
import type { EventAudience } from "../store/index.ts";
import { type ClusterGrants, clusterGrants } from "./grants.ts";
import { visibleShared } from "./visible.ts";

/** What of the history a caller may see. */
export interface HistoryScope {
  /** Narrows what is read; what is read still has to be visible. */
  audience: EventAudience;
  /** `time` is that of the record, in milliseconds since 1970. */
  isVisible(record: { host: string; project: string | null; cluster: string | null }, time: number): boolean;
}

/**
 * The history of what the caller may see now: of nested clusters that he may list, of hosts that he may use. Only what happened
 * since the project was made: one of the same name before it was somebody else's; so of a host, and of nested clusters that a role
 * names one by one. Those who may list everything see everything, of what is gone too.
 */
export async function historyScope(
  { access, view }: Pick<HubContext, "access" | "view">,
  principal: Principal,
): Promise<HistoryScope> {
  const allHosts = access.may(principal, { verb: "list", group, resource: hostClusters.plural });
  const [grants, everyHost, isVisibleHost] = await Promise.all([
    clusterGrants(access, view, principal),
    allHosts,
    visibleShared(access, view, principal, hostClusters),
  ]);
  const seesHost = (name: string, time: number): boolean => {
    const host = view.hosts.get(name);
    return everyHost || (host !== undefined && isVisibleHost(host) && time >= bornAt(host));
  };
  return {
    audience: {
      ...(grants !== "all" && { projects: [...grants.keys()] }),
      ...(!everyHost && { hosts: [...view.hosts.list()].filter(isVisibleHost).map(({ metadata }) => metadata.name) }),
    },
    isVisible: ({ host, project, cluster }, time) =>
      project === null ? seesHost(host, time) : seesCluster(view, grants, project, cluster ?? "", time),
  };
}

function seesCluster(
  view: HubContext["view"],
  grants: ClusterGrants,
  project: string,
  cluster: string,
  time: number,
): boolean {
  if (grants === "all") return true;
  const names = grants.get(project);
  if (names === "all") return time >= bornAt(view.projects.get(project));
  return names?.has(cluster) === true && time >= bornAt(view.clusters.get(cluster, project));
}

function bornAt(object: KubeObject | undefined): number {
  const time = Date.parse(object?.metadata.creationTimestamp ?? "");
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time;
}
