import { isDeepStrictEqual } from "node:util";
import type { KubeObject } from "@inkube/kube";
import { hubConditions } from "./reported-status.ts";

interface Status {
  host?: unknown;
  conditions?: { type: string }[];
}

/** Whether a nested cluster's status is what its host reports, no less and no more; what only the hub says of it does not count. */
export function isAlreadyTold(object: KubeObject, reported: Record<string, unknown>): boolean {
  const { host: _host, ...kept } = (object.status ?? {}) as Status;
  return isDeepStrictEqual(comparable(kept), comparable(reported));
}

/** In whatever order the conditions are. */
function comparable({ conditions = [], ...rest }: Status): object {
  const own = conditions.filter(({ type }) => !hubConditions.has(type));
  return { ...rest, conditions: new Map(own.map((condition) => [condition.type, condition])) };
}
