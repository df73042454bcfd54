import type { Observation } from "../scope.ts";

/** What the host says about a way to a nested API server, before anybody dials it. */
export interface Exposure {
  /** What certainly keeps people from reaching it. Nothing is dialled then. */
  blocked?: Observation;
  /** What may keep people from reaching it; told when nothing answers. */
  pending?: Observation;
  /** Addresses and names to which the endpoint's name should lead, as far as the host tells. */
  expected: readonly string[];
}

/** Nothing stands in the way, and nothing is known of it. */
export const open: Exposure = { expected: [] };

/** An exposure that cannot work yet. */
export function blocked(reason: Observation["reason"], particulars?: string): Exposure {
  return { blocked: observation(reason, particulars), expected: [] };
}

/** An exposure that works or does not: the host does not tell. */
export function pending(reason: Observation["reason"], expected: readonly string[] = []): Exposure {
  return { pending: observation(reason), expected };
}

function observation(reason: Observation["reason"], particulars?: string): Observation {
  return { status: "False", reason, ...(particulars !== undefined && { particulars }) };
}
