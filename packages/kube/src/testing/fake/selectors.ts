import type { KubeObject } from "../../types.ts";
import { badRequest } from "./api-failure.ts";
import { valueAt } from "./json.ts";

/** Says whether an object is selected. */
export type Selector = (object: KubeObject) => boolean;

const setRequirement = /^([^\s!=,()]+)\s+(in|notin)\s+\(([^()]*)\)$/;
const equalityRequirement = /^([^\s!=,()]+)\s*(==|!=|=)\s*([^\s!=,()]*)$/;
const existsRequirement = /^(!?)\s*([^\s!=,()]+)$/;

/** Splits at commas outside parentheses. */
function splitRequirements(text: string): string[] {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  return parts.filter((part) => part !== "");
}

function labelRequirement(text: string): (labels: Record<string, string>) => boolean {
  const inSet = setRequirement.exec(text);
  if (inSet) {
    const [, key = "", operator, list = ""] = inSet;
    const values = new Set(list.split(",").map((value) => value.trim()));
    return (labels) => {
      const has = key in labels && values.has(labels[key] ?? "");
      return operator === "in" ? has : !has;
    };
  }
  const equality = equalityRequirement.exec(text);
  if (equality) {
    const [, key = "", operator, value] = equality;
    return (labels) => (labels[key] === value) === (operator !== "!=");
  }
  const exists = existsRequirement.exec(text);
  if (exists) {
    const [, not, key = ""] = exists;
    return (labels) => key in labels === (not === "");
  }
  throw badRequest(`unable to parse requirement: found '${text}'`);
}

/** Parses `=`, `==`, `!=`, `in`, `notin`, `key` and `!key`, joined by commas; empty selects everything. */
export function parseLabelSelector(text: string | null | undefined): Selector {
  const requirements = splitRequirements(text ?? "").map(labelRequirement);
  return (object) => requirements.every((matches) => matches(object.metadata.labels ?? {}));
}

const commonFields = ["metadata.name", "metadata.namespace"];
const fieldsByPlural: Record<string, string[]> = {
  pods: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  nodes: ["spec.unschedulable"],
  namespaces: ["status.phase"],
  secrets: ["type"],
  services: ["spec.clusterIP", "spec.type"],
  jobs: ["status.successful"],
  events: [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
};

/** Parses `field=value` and `field!=value` joined by commas; a field that the resource does not offer is a 400. */
export function parseFieldSelector(text: string | null | undefined, plural: string): Selector {
  const known = new Set([...commonFields, ...(fieldsByPlural[plural] ?? [])]);
  const requirements = splitRequirements(text ?? "").map((part): Selector => {
    const match = /^([^!=\s]+)\s*(==|!=|=)\s*(.*)$/.exec(part);
    if (!match) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
    const [, field = "", operator, wanted] = match;
    if (!known.has(field)) throw badRequest(`field label not supported: ${field}`);
    return (object) => {
      const value = valueAt(object, ...field.split("."));
      const actual = value === undefined || value === null ? (field === "spec.unschedulable" ? "false" : "") : value;
      return (String(actual) === wanted) === (operator !== "!=");
    };
  });
  return (object) => requirements.every((matches) => matches(object));
}
