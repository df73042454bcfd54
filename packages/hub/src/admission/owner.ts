import { annotations, type Metadata } from "@inkube/api";
import { cause, type Refusal, refusalFor } from "./refusal.ts";
import type { Review } from "./review.ts";

interface Owned {
  metadata: Pick<Metadata, "annotations">;
}

/** One operation of a JSON Patch. */
export interface PatchOperation {
  op: "add";
  path: string;
  value: unknown;
}

const field = `metadata.annotations[${annotations.owner}]`;

/**
 * The patch that writes who created a nested cluster, and keeps it there when an update leaves it out, as `kubectl replace` does.
 * An owner that somebody else wrote is left for the rule below to refuse.
 */
export function ownerPatch({ operation, user, object, oldObject }: Review<Owned>): PatchOperation[] {
  const owner = operation === "CREATE" ? user.name : ownerIn(oldObject);
  if (owner === undefined || !object || ownerIn(object) !== undefined) return [];
  if (!object.metadata.annotations) {
    return [{ op: "add", path: "/metadata/annotations", value: { [annotations.owner]: owner } }];
  }
  const path = `/metadata/annotations/${annotations.owner.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return [{ op: "add", path, value: owner }];
}

/** Quotas count by owner: nobody may be named who did not create it. */
export function judgeOwner({ operation, user, object, oldObject }: Review<Owned>): Refusal | undefined {
  const owner = operation === "CREATE" ? user.name : ownerIn(oldObject);
  if (!object || ownerIn(object) === owner) return undefined;
  return refusalFor(422, [cause("OwnerFixed", field, owner === undefined ? "It has none" : `That is ${owner}`)]);
}

function ownerIn(object: Owned | undefined): string | undefined {
  return object?.metadata.annotations?.[annotations.owner];
}
