import { clusterGroups, type hostClusters } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { Principal } from "../auth/principal.ts";
import type { HiddenGroups } from "../settings/hidden-groups.ts";
import type { FleetView } from "../view/fleet-view.ts";
import type { Access } from "./access.ts";
import { clusterGrants, isGranted, isShared, projectGrants, sharedGrants } from "./grants.ts";

/** Says of an object whether the caller may see it. */
export type Visible = (object: KubeObject) => boolean;

/** Of a caller who may see all there is. */
export const everything: Visible = () => true;

/** Which nested clusters the caller may list: all, those of his projects, and those that roles name one by one. */
export async function visibleClusters(access: Access, view: FleetView, principal: Principal): Promise<Visible> {
  const grants = await clusterGrants(access, view, principal);
  return grants === "all" ? everything : ({ metadata }) => isGranted(grants, metadata.namespace ?? "", metadata.name);
}

/** Projects in which the caller may see anything of nested clusters. */
export async function visibleProjects(access: Access, view: FleetView, principal: Principal): Promise<Visible> {
  const grants = await projectGrants(access, view, principal);
  return grants === "all" ? everything : ({ metadata }) => grants.has(metadata.name);
}

/** Hosts and groups: for whoever may list them all; for others those that one of their projects may use. */
export async function visibleShared(
  access: Access,
  view: FleetView,
  principal: Principal,
  type: typeof hostClusters | typeof clusterGroups,
): Promise<Visible> {
  const grants = await sharedGrants(access, view, principal, type);
  return grants === "all" ? everything : (object) => isShared(grants, object);
}

/** Cluster groups: as hosts, without those that are hidden from whoever may not list them all. */
export async function visibleGroups(
  { access, view, hiddenGroups }: { access: Access; view: FleetView; hiddenGroups: HiddenGroups },
  principal: Principal,
): Promise<Visible> {
  const isVisible = await visibleShared(access, view, principal, clusterGroups);
  if (isVisible === everything) return everything;
  const hidden = await hiddenGroups.names();
  return (object) => !hidden.has(object.metadata.name) && isVisible(object);
}
