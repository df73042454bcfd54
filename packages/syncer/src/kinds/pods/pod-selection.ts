import { labels, managedBy } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { KindContext } from "../kind.ts";
import { type Json, optional, record, records, stringMap, strings, text, without } from "../untyped.ts";

/** Whether a Kubernetes label selector selects an object with these labels. An empty selector selects everything. */
export function selects(selector: Json, carried: Record<string, string>): boolean {
  const all = Object.entries(stringMap(selector.matchLabels)).every(([key, value]) => carried[key] === value);
  return (
    all &&
    records(selector.matchExpressions).every((expression) => {
      const value = carried[text(expression.key)];
      const values = strings(expression.values);
      if (expression.operator === "Exists") return value !== undefined;
      if (expression.operator === "DoesNotExist") return value === undefined;
      if (expression.operator === "In") return value !== undefined && values.includes(value);
      return value === undefined || !values.includes(value);
    })
  );
}

/** Nested namespaces that a term looks into: its list and what its selector selects now; "all" for an empty selector. */
function namespacesOf(term: Json, pod: KubeObject, context: KindContext): string[] | "all" {
  const listed = strings(term.namespaces);
  const selector = term.namespaceSelector;
  if (selector === undefined || selector === null) return listed.length > 0 ? listed : [pod.metadata.namespace ?? ""];
  if (Object.keys(record(selector)).length === 0) return "all";
  const selected = [...context.nestedList("namespaces")]
    .filter((namespace) => selects(record(selector), namespace.metadata.labels ?? {}))
    .map((namespace) => namespace.metadata.name);
  return [...new Set([...listed, ...selected])].sort();
}

/** The selector with the pod's own values of `matchLabelKeys` (and not of `mismatchLabelKeys`) written out. */
function withLabelKeys(selector: Json, term: Json, pod: KubeObject): Json {
  const expressions = records(selector.matchExpressions);
  const add = (keys: unknown, operator: "In" | "NotIn") => {
    for (const key of strings(keys)) {
      const value = pod.metadata.labels?.[key];
      // The API server may have written the same out already.
      const known = expressions.some(
        (expression) =>
          expression.key === key && expression.operator === operator && strings(expression.values).join() === value,
      );
      if (value !== undefined && !known) expressions.push({ key, operator, values: [value] });
    }
  };
  add(term.matchLabelKeys, "In");
  add(term.mismatchLabelKeys, "NotIn");
  return expressions.length === 0 ? selector : { ...selector, matchExpressions: expressions };
}

/** A selector of pods of some nested namespaces as a selector in the one host namespace. No selector, or no namespace: no pods. */
function hostSelector(selector: unknown, namespaces: string[] | "all", term: Json, pod: KubeObject): Json | undefined {
  if (selector === undefined || selector === null || namespaces.length === 0) return undefined;
  const own = withLabelKeys(record(selector), term, pod);
  const matchLabels = { ...stringMap(own.matchLabels), [labels.managedBy]: managedBy.syncer };
  const expressions = records(own.matchExpressions);
  if (namespaces !== "all") expressions.push({ key: labels.namespace, operator: "In", values: namespaces });
  return { matchLabels, ...(expressions.length > 0 ? { matchExpressions: expressions } : {}) };
}

function hostTerm(term: Json, pod: KubeObject, context: KindContext): Json {
  const rest = without(term, "labelSelector", "namespaces", "namespaceSelector", "matchLabelKeys", "mismatchLabelKeys");
  const selector = hostSelector(term.labelSelector, namespacesOf(term, pod, context), term, pod);
  return { ...rest, ...optional("labelSelector", selector) };
}

/** `podAffinity` or `podAntiAffinity` on the host. Namespaces are looked up now: they do not follow later changes inside. */
export function hostPodAffinity(affinity: unknown, pod: KubeObject, context: KindContext): Json | undefined {
  if (affinity === undefined || affinity === null) return undefined;
  const own = record(affinity);
  const required = own.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = own.preferredDuringSchedulingIgnoredDuringExecution;
  return {
    ...own,
    ...(required
      ? {
          requiredDuringSchedulingIgnoredDuringExecution: records(required).map((term) => hostTerm(term, pod, context)),
        }
      : {}),
    ...(preferred
      ? {
          preferredDuringSchedulingIgnoredDuringExecution: records(preferred).map((weighted) => ({
            ...weighted,
            podAffinityTerm: hostTerm(record(weighted.podAffinityTerm), pod, context),
          })),
        }
      : {}),
  };
}

/** `topologySpreadConstraints` on the host: they count pods of the pod's own nested namespace only. */
export function hostTopologySpread(constraints: unknown, pod: KubeObject): Json[] | undefined {
  if (!Array.isArray(constraints)) return undefined;
  return records(constraints).map((constraint) => {
    const selector = hostSelector(constraint.labelSelector, [pod.metadata.namespace ?? ""], constraint, pod);
    return { ...without(constraint, "labelSelector", "matchLabelKeys"), ...optional("labelSelector", selector) };
  });
}
