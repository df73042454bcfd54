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
  const granted = await Promise.all(
    projectNames(view)
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

/** All projects there are, or these. */
export type ProjectGrants = "all" | ReadonlySet<string>;

/** Projects in which the caller may see anything of nested clusters. */
export async function projectGrants(
  access: Access,
  view: Pick<FleetView, "projects">,
  principal: Principal,
): Promise<ProjectGrants> {
  const right = { verb: "get", group, resource: nestedClusters.plural };
  if (await access.may(principal, right)) return "all";
  const seen = await Promise.all(
    projectNames(view).map(async (namespace) => {
      const granted = await access.named(principal, { ...right, namespace });
      return granted === "all" || granted.size > 0 ? [namespace] : [];
    }),
  );
  return new Set(seen.flat());
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
  const projects = await projectGrants(access, view, principal);
  return projects === "all" ? new Set(projectNames(view)) : projects;
}

/** True when they let the caller see a host or group. One without `spec.projects` is for every project. Pure. */
export function isShared(grants: SharedGrants, { spec }: KubeObject): boolean {
  if (grants === "all") return true;
  const allowed = (spec as { projects?: string[] } | undefined)?.projects;
  return grants.size > 0 && (allowed === undefined || allowed.some((project) => grants.has(project)));
}

function projectNames({ projects }: Pick<FleetView, "projects">): string[] {
  return [...projects.list()].map(({ metadata }) => metadata.name);
}
