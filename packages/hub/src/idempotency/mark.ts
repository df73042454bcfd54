import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { annotations } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { z } from "zod";
import type { Principal } from "../auth/principal.ts";

const header = "idempotency-key";

/** Headers that every create can have. */
export const idempotencyHeaders = z.looseObject({
  [header]: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe("Of your choice: a create that is sent again with the same one is done once."),
});

/**
 * Of the caller, the key that he sent, and what he calls what he creates: so that neither another caller's equal key nor a key that is
 * used again for something else means anything. Undefined when he sent none.
 */
export function idempotencyMark({ user }: Principal, headers: IncomingHttpHeaders, name: string): string | undefined {
  const key = headers[header];
  if (typeof key !== "string") return undefined;
  return createHash("sha256")
    .update(JSON.stringify([user, key, name]))
    .digest("hex")
    .slice(0, 32);
}

/** The object with its mark. */
export function withMark(object: KubeObject, mark: string | undefined): KubeObject {
  if (mark === undefined) return object;
  const { metadata } = object;
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.idempotencyKey]: mark } },
  };
}
