import type { KubeObject } from "@inkube/kube";
import type { KindContext } from "../kind.ts";
import { type Json, record, records, stringMap, strings, text, without } from "../untyped.ts";

/** Node names that a pod may, or must not, be placed on because of what only the nested nodes say. */
export interface NodeConstraints {
  /** Replaces node selector and required node affinity. Undefined: these mean the same on the host and stay. */
  only?: string[];
  /** Nodes with a taint inside, not on the host, that the pod does not tolerate. */
  never: string[];
}

interface NodePair {
  nested: KubeObject;
  host: KubeObject;
}

function nodePairs(context: KindContext): NodePair[] {
  const pairs: NodePair[] = [];
  for (const nested of context.nestedList("nodes")) {
    const host = context.host("nodes", nested.metadata.name);
    if (host !== undefined) pairs.push({ nested, host });
  }
  return pairs.sort((a, b) => (a.nested.metadata.name < b.nested.metadata.name ? -1 : 1));
}

/** Whether every node says the same about a label inside and on the host. */
function isShared(key: string, pairs: NodePair[]): boolean {
  return pairs.every(({ nested, host }) => nested.metadata.labels?.[key] === host.metadata.labels?.[key]);
}

function satisfies(requirement: Json, value: string | undefined): boolean {
  const values = strings(requirement.values);
  switch (requirement.operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return value !== undefined && Number(value) > Number(values[0]);
    case "Lt":
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

function requirementCount(term: Json): number {
  return records(term.matchExpressions).length + records(term.matchFields).length;
}

function matchesTerm(term: Json, node: KubeObject): boolean {
  const expressions = records(term.matchExpressions);
  const fields = records(term.matchFields);
  if (requirementCount(term) === 0) return false;
  return (
    expressions.every((expression) => satisfies(expression, node.metadata.labels?.[text(expression.key)])) &&
    fields.every((field) => satisfies(field, text(field.key) === "metadata.name" ? node.metadata.name : undefined))
  );
}

function requiredTerms(spec: Json): Json[] | undefined {
  const required = record(record(spec.affinity).nodeAffinity).requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined ? undefined : records(record(required).nodeSelectorTerms);
}

function termKeys(terms: Json[]): string[] {
  return terms.flatMap((term) => records(term.matchExpressions).map((expression) => text(expression.key)));
}

function tolerates(tolerations: Json[], taint: Json): boolean {
  return tolerations.some((toleration) => {
    const effect = text(toleration.effect);
    if (effect !== "" && effect !== taint.effect) return false;
    const key = text(toleration.key);
    if (toleration.operator === "Exists") return key === "" || key === taint.key;
    return key === taint.key && text(toleration.value) === text(taint.value);
  });
}

/**
 * Taints that keep pods off a node inside but not on the host. Those that a node lifecycle controller inside adds by its own
 * judgement of the node's health do not count: the host's judgement does.
 */
function innerTaints({ nested, host }: NodePair): Json[] {
  const id = (taint: Json) => `${text(taint.key)}=${text(taint.value)}:${text(taint.effect)}`;
  const onHost = new Set(records(record(host.spec).taints).map(id));
  const cordon = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
  const cordoned = record(nested.spec).unschedulable === true && record(host.spec).unschedulable !== true;
  const taints = records(record(nested.spec).taints).filter(
    (taint) =>
      !onHost.has(id(taint)) &&
      taint.effect !== "PreferNoSchedule" &&
      !text(taint.key).startsWith("node.kubernetes.io/") &&
      !text(taint.key).startsWith("node.cloudprovider.kubernetes.io/"),
  );
  return cordoned ? [...taints, cordon] : taints;
}

/** What a pod's node selector, required node affinity and tolerations mean on the host. */
export function nodeConstraints(pod: KubeObject, context: KindContext): NodeConstraints {
  const spec = record(pod.spec);
  const pairs = nodePairs(context);
  const tolerations = records(spec.tolerations);
  const never = pairs
    .filter((pair) => innerTaints(pair).some((taint) => !tolerates(tolerations, taint)))
    .map((pair) => pair.nested.metadata.name);
  const selector = stringMap(spec.nodeSelector);
  const terms = requiredTerms(spec);
  const used = [...Object.keys(selector), ...termKeys(terms ?? [])];
  if (used.every((key) => isShared(key, pairs))) return { never };
  const only = pairs
    .map((pair) => pair.nested)
    .filter((node) => Object.entries(selector).every(([key, value]) => node.metadata.labels?.[key] === value))
    .filter((node) => terms === undefined || terms.some((term) => matchesTerm(term, node)))
    .map((node) => node.metadata.name)
    .filter((name) => !never.includes(name));
  return { only, never: [] };
}

function nameField(operator: "In" | "NotIn", node: string): Json {
  return { key: "metadata.name", operator, values: [node] };
}

/** Preferences that read labels which only nested nodes carry, one per node that has them; all others stay. */
function hostPreferences(preferences: Json[], context: KindContext): Json[] {
  const pairs = nodePairs(context);
  return preferences.flatMap((preference) => {
    const term = record(preference.preference);
    if (termKeys([term]).every((key) => isShared(key, pairs))) return [preference];
    return pairs
      .filter(({ nested }) => matchesTerm(term, nested))
      .map(({ nested }) => ({ ...preference, preference: { matchFields: [nameField("In", nested.metadata.name)] } }));
  });
}

function hostTerms(spec: Json, constraints: NodeConstraints): Json[] | undefined {
  if (constraints.only !== undefined) return constraints.only.map((node) => ({ matchFields: [nameField("In", node)] }));
  const terms = requiredTerms(spec);
  if (constraints.never.length === 0) return terms;
  const fields = constraints.never.map((node) => nameField("NotIn", node));
  // A term without requirements matches no node; with fields of ours it would match nearly all.
  const usable = terms === undefined ? [{}] : terms.filter((term) => requirementCount(term) > 0);
  if (usable.length === 0) return terms;
  return usable.map((term) => ({ ...term, matchFields: [...records(term.matchFields), ...fields] }));
}

/**
 * `nodeSelector` and `affinity.nodeAffinity` on the host. As written when the host's nodes say the same as the nested ones; otherwise
 * the set of nodes that satisfy them now, by name (a later label inside does not move a pod that already waits on the host).
 */
export function hostNodeSelection(pod: KubeObject, context: KindContext): { nodeSelector?: Json; nodeAffinity?: Json } {
  const spec = record(pod.spec);
  const constraints = nodeConstraints(pod, context);
  const terms = hostTerms(spec, constraints);
  const own = record(record(spec.affinity).nodeAffinity);
  const preferred = own.preferredDuringSchedulingIgnoredDuringExecution;
  const nodeAffinity = without({
    ...own,
    requiredDuringSchedulingIgnoredDuringExecution: terms && { nodeSelectorTerms: terms },
    preferredDuringSchedulingIgnoredDuringExecution: preferred && hostPreferences(records(preferred), context),
  });
  const keepsSelector = constraints.only === undefined && spec.nodeSelector !== undefined;
  return {
    ...(keepsSelector ? { nodeSelector: record(spec.nodeSelector) } : {}),
    ...(Object.keys(nodeAffinity).length > 0 ? { nodeAffinity } : {}),
  };
}

/** Why no node could take the pod because of what nested nodes say; undefined when some node can, or the host shall judge. */
export function unplaceable(pod: KubeObject, context: KindContext): string | undefined {
  if (text(record(pod.spec).nodeName) !== "") return undefined;
  const { only, never } = nodeConstraints(pod, context);
  const total = nodePairs(context).length;
  if (only !== undefined && only.length === 0) {
    return `None of the ${total} nodes has the labels that it asks for and only taints that it tolerates.`;
  }
  if (total > 0 && never.length === total) return `Each of the ${total} nodes has a taint that it does not tolerate.`;
  return undefined;
}
