import { conditionTypes, getCondition, type HostCluster } from "@inkube/api";
import type { CommandContext } from "../context.ts";

/** Types of endpoint whose names need a wildcard record of DNS. */
const needRecord: ReadonlySet<string | undefined> = new Set(["Ingress", "Gateway"]);

/** Whether the record of a host is there, in its agent's words; undefined where none is needed. */
export function recordOf({ spec, status }: HostCluster): string | undefined {
  if (!needRecord.has(spec.endpoint.type) || spec.endpoint.domain === undefined) return undefined;
  const found = getCondition(status?.conditions, conditionTypes.wildcardDNS);
  if (!found) return "not looked up yet";
  return found.status === "True" ? "ok" : found.message;
}

/** Where a person finds out later whether the record is there: whoever saves the domain has often not made it yet. */
export function hintAtRecord(name: string, domain: string | undefined, { progress }: CommandContext): void {
  if (domain === undefined) return;
  progress.log(
    `Whether the record of ${domain} is there, inkube host describe ${name} tells once the agent has looked`,
  );
}
