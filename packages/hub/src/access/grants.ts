import { type clusterGroups, group, type hostClusters, nestedClusters } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { Principal } from "../auth/principal.ts";
import type { FleetView } from "../view/fleet-view.ts";
import type { Access } from "./access.ts";
import type { GrantedNames } from "./rules.ts";

/** Which nested clusters a caller may list: all there are, or by project all or those named; projects without any are left out. */
export type ClusterGrants = "all" | ReadonlyMap<string, GrantedNames>;

/** Decided by the Kubernetes API: one question, and one for each project at most. `only` asks for one project alone. */
export async function clusterGrants(
  access: Access,
  view: Pick<FleetView, "projects">,
  principal: Principal,
  only?: string,
): Promise<ClusterGrants> {
  const right = { verb: "list", group, resource: nestedClusters.plural };
  if (await access.may(principal, right)) return "all";
  const names = [...view.projects.list()].map(({ metadata }) => metadata.name);
  const granted = await Promise.all(
    names
      .filter((name) => only === undefined || name === only)
      .map(async (namespace) => {
        const listed = await access.named(principal, { ...right, namespace });
        if (listed === "all") return [namespace, listed] as const;
        // Objects that a role names cannot be listed in Kubernetes, but got one by one.
        return [namespace, await access.named(principal, { ...right, verb: "get", namespace })] as const;
      }),
  );
  return new Map(granted.filter(([, names]) => names === "all" || names.size > 0));
}

/** True when they let the caller see the nested cluster of this name. Pure. */
export function isGranted(grants: ClusterGrants, project: string, name: string): boolean {
  if (grants === "all") return true;
  const names = grants.get(project);
  return names === "all" || names?.has(name) === true;
}

/** Of a kind that projects share: all there are, or those that one of these projects may use. */
export type SharedGrants = "all" | ReadonlySet<string>;

/** Hosts and groups: all for whoever may list them; for others those that one of their projects may use. */
export async function sharedGrants(
  access: Access,
  view: Pick<FleetView, "projects">,
  principal: Principal,
  type: typeof hostClusters | typeof clusterGroups,
): Promise<SharedGrants> {
  if (await access.may(principal, { verb: "list", group, resource: type.plural })) return "all";
  const right = { verb: "get", group, resource: nestedClusters.plural };
  const everywhere = await access.may(principal, right);
  const seen = await Promise.all(
    [...view.projects.list()].map(async ({ metadata: { name: namespace } }) => {
      const granted = everywhere ? "all" : await access.named(principal, { ...right, namespace });
      return granted === "all" || granted.size > 0 ? [namespace] : [];
    }),
  );
  return new Set(seen.flat());
}

/** True when they let the caller see a host or group. One without `spec.projects` is for every project. Pure. */
export function isShared(grants: SharedGrants, { spec }: KubeObject): boolean {
  if (grants === "all") return true;
  const allowed = (spec as { projects?: string[] } | undefined)?.projects;
  return grants.size > 0 && (allowed === undefined || allowed.some((project) => grants.has(project)));
}
