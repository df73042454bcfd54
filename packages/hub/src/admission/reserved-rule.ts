import { isDeepStrictEqual } from "node:util";
import { type NestedCluster, names } from "@inkube/api";
import { administrators } from "../auth/principal.ts";
import { type Cause, cause, type Refusal, refusalFor } from "./refusal.ts";
import type { Review } from "./review.ts";

const masters = "system:masters";
const hubUser = `system:serviceaccount:${names.systemNamespace}:${names.hub}`;

/**
 * What is the group's or the host's to decide, or an administrator's, and never a tenant's: advanced values, which can take a
 * nested cluster out of its quota, and the DNS name above its own, by which it could answer for somebody else's. Pure.
 */
export function judgeReserved({ user, object, oldObject }: Review<NestedCluster>): Refusal | undefined {
  if (!object || user.name === hubUser) return undefined;
  if (user.groups.some((one) => one === administrators || one === masters)) return undefined;
  const [now, before] = [object.spec, oldObject?.spec];
  const causes: Cause[] = [];
  if (!isDeepStrictEqual(now.advanced, before?.advanced)) causes.push(cause("AdvancedReserved", "spec.advanced", ""));
  if (now.endpoint.domain !== before?.endpoint.domain) {
    causes.push(cause("DomainReserved", "spec.endpoint.domain", ""));
  }
  return causes.length > 0 ? refusalFor(403, causes) : undefined;
}
