import type { NestedCluster } from "@inkube/api";

interface LogFields {
  /** Host namespace of the nested cluster that a syncer's line is about. */
  cluster?: unknown;
  controller?: unknown;
  /** `project/name` of the object that an agent's line is about. */
  key?: unknown;
}

/** False for a line of a program's log that is about another nested cluster; true for what is about this one or none. */
export function isAbout(line: string, { metadata, status }: NestedCluster): boolean {
  const { cluster, controller, key } = parseFields(line);
  if (typeof cluster === "string") return cluster === status?.namespace;
  if (controller === "nested-cluster") return key === `${metadata.namespace}/${metadata.name}`;
  return true;
}

function parseFields(line: string): LogFields {
  if (!line.startsWith("{")) return {};
  try {
    return JSON.parse(line) as LogFields;
  } catch {
    return {};
  }
}
