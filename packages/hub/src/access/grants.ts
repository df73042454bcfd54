import { group, nestedClusters } from "@inkube/api";
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
