import { createHash } from "node:crypto";
import { group, labels, managedBy } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { roleDefinitions } from "../install/roles.ts";
import { labelFilter } from "../view/filter.ts";
import { type AccessFilter, accessFilterLabel, filteredType } from "./access-filter.ts";
import type { Rule } from "./rules.ts";

const rbac = "rbac.authorization.k8s.io";

/** What a filter is in one project: a Role that names objects, and its binding. */
export interface FilterGrant {
  role: KubeObject;
  binding: KubeObject;
}

/**
 * The grants of all filters in one project, for those that fit anything there. Pure. A Role without names would be for all objects, so
 * one that would name none is not made.
 */
export function grantsIn(
  project: string,
  clusters: readonly KubeObject[],
  filters: readonly AccessFilter[],
): FilterGrant[] {
  return filters.flatMap((filter) => {
    if (filter.projects && !filter.projects.includes(project)) return [];
    const isWanted = labelFilter(filter.selector);
    const resourceNames = clusters.filter(isWanted).map(({ metadata }) => metadata.name);
    return resourceNames.length === 0 || filter.subjects.length === 0
      ? []
      : [grant(project, filter, resourceNames.sort())];
  });
}

function grant(
  namespace: string,
  { name: filterName, role, subjects }: AccessFilter,
  resourceNames: string[],
): FilterGrant {
  const hash = createHash("sha256").update(filterName).digest("hex").slice(0, 40);
  const metadata = {
    name: `inkube-filter-${hash}`,
    namespace,
    labels: { [accessFilterLabel]: hash, [labels.managedBy]: managedBy.hub },
  };
  return {
    role: {
      apiVersion: `${rbac}/v1`,
      kind: "Role",
      metadata,
      rules: rulesAbout(role).map((rule) => ({ ...rule, resourceNames })),
    },
    binding: {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name: metadata.name },
      subjects: subjects.map(({ kind, name }) => ({ apiGroup: rbac, kind, name })),
    },
  };
}

/** The rules of a role about nested clusters: the others cannot be narrowed by names. */
function rulesAbout(role: string): Rule[] {
  const rules = roleDefinitions.find(({ name }) => name === role)?.rules ?? [];
  return rules.filter(
    ({ apiGroups, resources = [] }) =>
      apiGroups?.includes(group) && resources.every((one) => one.split("/")[0] === filteredType.plural),
  );
}
