import { type Reason, reasonMessage } from "@inkube/api";
import type { ResourceType } from "@inkube/kube";

/** One thing that is wrong with a change. */
export interface Cause {
  /** Which rule it breaks. */
  reason: Reason;
  /** Where: `spec.size.cpu`. */
  field: string;
  message: string;
}

/** Why a change is refused. 422: its fields; 403: a quota, or nobody may; 409: something must go first. */
export interface Refusal {
  code: 403 | 409 | 422;
  causes: Cause[];
}

/** The part of a Kubernetes Status that says why. */
export interface RefusalStatus {
  status: "Failure";
  code: number;
  reason: string;
  message: string;
  details?: object;
}

const statusReasons = { 403: "Forbidden", 409: "Conflict", 422: "Invalid" } as const;
const mostCauses = 20;
const longestMessage = 2000;
const namedAtMost = 10;

/** A cause in the words that conditions use as well. */
export function cause(reason: Reason, field: string, particulars: string): Cause {
  return { reason, field, message: shortened(reasonMessage(reason, shortened(particulars, longestMessage / 2))) };
}

/** The refusal for these causes; undefined when there are none. */
export function refusalFor(code: Refusal["code"], causes: Cause[]): Refusal | undefined {
  return causes.length === 0 ? undefined : { code, causes };
}

/** Joins names for a message, only so many. */
export function someOf(names: readonly string[]): string {
  const more = names.length - namedAtMost;
  return names.slice(0, namedAtMost).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** What the API server tells whoever made the request; clients show the fields of its causes. */
export function statusOf({ code, causes }: Refusal, type: ResourceType, name: string): RefusalStatus {
  const told = causes.slice(0, mostCauses);
  return {
    status: "Failure",
    code,
    reason: statusReasons[code],
    message: shortened(told.map(({ message }) => message).join(" ")),
    details: { group: type.group, kind: type.kind, name, causes: told },
  };
}

function shortened(text: string, longest = longestMessage): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
