/** One rule of what somebody may do, as a SelfSubjectRulesReview lists it. */
export interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
}

/** All objects of a resource, or those with these names. */
export type GrantedNames = "all" | ReadonlySet<string>;

/** What the rules grant for one verb on one resource. Pure. */
export function grantedNames(
  rules: readonly Rule[],
  right: { verb: string; group: string; resource: string; subresource?: string },
): GrantedNames {
  const resource = right.subresource ? `${right.resource}/${right.subresource}` : right.resource;
  const fitting = rules.filter(
    (rule) =>
      has(rule.verbs, right.verb) &&
      has(rule.apiGroups, right.group) &&
      (has(rule.resources, resource) || (right.subresource && rule.resources?.includes(`*/${right.subresource}`))),
  );
  if (fitting.some((rule) => !rule.resourceNames || rule.resourceNames.length === 0)) return "all";
  return new Set(fitting.flatMap((rule) => rule.resourceNames ?? []));
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list?.includes(value) === true || list?.includes("*") === true;
}
