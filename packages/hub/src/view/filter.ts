import { AppError, type NestedCluster } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";

/** Says of an object whether it is asked for. */
export type Filter = (object: KubeObject) => boolean;

/**
 * A filter by labels in Kubernetes' own language: `a=b`, `a!=b`, `a`, `!a`, joined by commas; case-sensitive. Throws AppError
 * USAGE for anything else.
 */
export function labelFilter(selector: string): Filter {
  const tests = selector.split(",").map((part) => requirement(part.trim()));
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
}

const labelPart = "[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?";
const requirementPattern = new RegExp(`^(!)?(${labelPart})(?:(!=|==?)(${labelPart})?)?$`);

function requirement(text: string): (labels: Record<string, string>) => boolean {
  const [, not, key = "", , operator, value = ""] = requirementPattern.exec(text) ?? [];
  if (key === "" || (not && operator)) {
    throw new AppError("USAGE", `label: "${text.slice(0, 80)}" cannot be understood`, {
      todo: "Write key=value, key!=value, key or !key, joined by commas.",
    });
  }
  if (not) return (labels) => !Object.hasOwn(labels, key);
  if (operator === "!=") return (labels) => labels[key] !== value;
  return operator === undefined ? (labels) => Object.hasOwn(labels, key) : (labels) => labels[key] === value;
}

/** Of objects whose name contains this; of all when absent. */
export function nameFilter(part: string | undefined): Filter {
  return part === undefined ? () => true : ({ metadata }) => metadata.name.includes(part);
}

/** What kept lists can be narrowed by; an absent member does not narrow. */
export interface ObjectQuery {
  label?: string | undefined;
}

export function objectFilter({ label }: ObjectQuery): Filter {
  return label === undefined ? () => true : labelFilter(label);
}

/** Also by what only nested clusters have. */
export interface ClusterQuery extends ObjectQuery {
  project?: string | undefined;
  host?: string | undefined;
  group?: string | undefined;
  phase?: string | undefined;
}

export function clusterFilter(query: ClusterQuery): Filter {
  const ordinary = objectFilter(query);
  return (object) => {
    const { spec, status, metadata } = object as unknown as NestedCluster;
    return (
      (query.project === undefined || metadata.namespace === query.project) &&
      (query.host === undefined || status?.host === query.host) &&
      (query.group === undefined || spec.group === query.group) &&
      (query.phase === undefined || (status?.phase ?? "Pending") === query.phase) &&
      ordinary(object)
    );
  };
}
