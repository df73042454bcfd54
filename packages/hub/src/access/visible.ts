import { type clusterGroups, group, type hostClusters, nestedClusters } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { Principal } from "../auth/principal.ts";
import type { FleetView } from "../view/fleet-view.ts";
import type { Access } from "./access.ts";

/** Says of an object whether the caller may see it. */
export type Visible = (object: KubeObject) => boolean;

/** Of a caller who may see all there is. */
export const everything: Visible = () => true;

/**
 * Which nested clusters the caller may list: all, those of his projects, and those that roles name one by one. Decided by
 * the Kubernetes API, one question a project at most.
 */
export async function visibleClusters(access: Access, view: FleetView, principal: Principal): Promise<Visible> {
  const right = { verb: "list", group, resource: nestedClusters.plural };
  if (await access.may(principal, right)) return everything;
  const names = [...view.projects.list()].map(({ metadata }) => metadata.name);
  const granted = await Promise.all(
    names.map(async (namespace) => {
      const listed = await access.named(principal, { ...right, namespace });
      if (listed === "all") return [namespace, listed] as const;
      // Objects that a role names cannot be listed in Kubernetes, but got one by one.
      return [namespace, await access.named(principal, { ...right, verb: "get", namespace })] as const;
    }),
  );
  const byProject = new Map(granted);
  return ({ metadata }) => {
    const names = byProject.get(metadata.namespace ?? "");
    return names === "all" || names?.has(metadata.name) === true;
  };
}

/** Projects in which the caller may see anything of nested clusters. */
export async function visibleProjects(access: Access, view: FleetView, principal: Principal): Promise<Visible> {
  const right = { verb: "get", group, resource: nestedClusters.plural };
  if (await access.may(principal, right)) return everything;
  const seen = await Promise.all(
    [...view.projects.list()].map(async ({ metadata: { name: namespace } }) => {
      const granted = await access.named(principal, { ...right, namespace });
      return granted === "all" || granted.size > 0 ? [namespace] : [];
    }),
  );
  const names = new Set(seen.flat());
  return ({ metadata }) => names.has(metadata.name);
}

/**
 * Hosts and groups: for whoever may list them all; for others those that one of their projects may use. An object without
 * `spec.projects` is for every project.
 */
export async function visibleShared(
  access: Access,
  view: FleetView,
  principal: Principal,
  type: typeof hostClusters | typeof clusterGroups,
): Promise<Visible> {
  if (await access.may(principal, { verb: "list", group, resource: type.plural })) return everything;
  const isVisible = await visibleProjects(access, view, principal);
  const projects = new Set([...view.projects.list()].filter(isVisible).map(({ metadata }) => metadata.name));
  return (object) => {
    const allowed = (object.spec as { projects?: string[] } | undefined)?.projects;
    return projects.size > 0 && (allowed === undefined || allowed.some((project) => projects.has(project)));
  };
}
