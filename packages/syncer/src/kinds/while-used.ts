import type { Reference, ToHostKind } from "./kind.ts";

/** The decision of kinds whose objects are on the host only for the pods that use them. */
export function whileUsed(kind: Reference["kind"]): ToHostKind["decide"] {
  return ({ metadata: { name, namespace = "" } }, context) =>
    context.isUsed(kind, namespace, name) ? { sync: true } : { sync: false, reason: "No pod uses it." };
}
