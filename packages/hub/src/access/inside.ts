import { group, nestedClusters } from "@inkube/api";
import type { Principal } from "../auth/principal.ts";
import { accessSubresource } from "../install/roles.ts";
import type { Access } from "./access.ts";

/** What a caller is inside a nested cluster, most first; each is a verb on `nestedclusters/access`. */
export const insideLevels = ["admin", "edit", "view"] as const;
export type InsideLevel = (typeof insideLevels)[number];

/** The group that stands for a level inside; the agent binds it to a ClusterRole there. */
export function insideGroup(level: InsideLevel): string {
  return `inkube:inside-${level}`;
}

/** The most that the caller may be inside this nested cluster; undefined: nothing. */
export async function insideLevel(
  access: Access,
  principal: Principal,
  { project, name }: { project: string; name: string },
): Promise<InsideLevel | undefined> {
  const right = { group, resource: nestedClusters.plural, subresource: accessSubresource, namespace: project, name };
  for (const verb of insideLevels) if (await access.may(principal, { ...right, verb })) return verb;
  return undefined;
}
