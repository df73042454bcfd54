import { isDeepStrictEqual } from "node:util";
import { type NestedCluster, names } from "@inkube/api";
import { administrators } from "../auth/principal.ts";
import { cause, type Refusal, refusalFor } from "./refusal.ts";
import type { Review } from "./review.ts";

const masters = "system:masters";
const hubUser = `system:serviceaccount:${names.systemNamespace}:${names.hub}`;

/** They can take a nested cluster out of its quota, so they are the group's, or an administrator's; never a tenant's. Pure. */
export function judgeAdvanced({ user, object, oldObject }: Review<NestedCluster>): Refusal | undefined {
  if (!object || isDeepStrictEqual(object.spec.advanced, oldObject?.spec.advanced)) return undefined;
  const mayChange = user.name === hubUser || user.groups.some((one) => one === administrators || one === masters);
  return mayChange ? undefined : refusalFor(403, [cause("AdvancedReserved", "spec.advanced", "")]);
}
