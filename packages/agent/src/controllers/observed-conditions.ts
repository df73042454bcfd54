import { type Condition, reasonMessage, setCondition } from "@inkube/api";
import type { Observation } from "./nested-cluster/scope.ts";

/** The conditions of before with what was observed now, of this generation of the object. Pure. */
export function observedConditions(
  before: readonly Condition[],
  observed: readonly (readonly [type: string, observation: Observation])[],
  { generation, now }: { generation: number; now: number },
): Condition[] {
  return observed.reduce<Condition[]>(
    (list, [type, { status, reason, particulars }]) => {
      const message = reasonMessage(reason, particulars);
      return setCondition(list, { type, status, reason, message, observedGeneration: generation }, now);
    },
    [...before],
  );
}
