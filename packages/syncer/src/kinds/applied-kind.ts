import type { ToHostKind } from "./kind.ts";
import { keepRule } from "./kind-rules.ts";

/** What an applied kind has to say, and what it may. */
export type AppliedKind = Pick<ToHostKind, "type" | "decide" | "toHost"> &
  Partial<Pick<ToHostKind, "fromHost" | "triggers">>;

/**
 * A kind whose host copy is the syncer's alone: applied as a whole, made again when it vanished, and by default with nothing to say
 * to the nested object. It needs no other object and no tokens.
 */
export function appliedKind(own: AppliedKind): ToHostKind {
  return {
    direction: "toHost",
    kind: own.type.plural,
    hostRules: [keepRule(own.type)],
    references: () => [],
    tokens: () => [],
    write: "apply",
    fromHost: () => [],
    onHostGone: () => "recreate",
    ...own,
  };
}
