import { createHash } from "node:crypto";
import { annotations } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";

/** sha256 (hex) of a JSON value that does not depend on the order of object keys; undefined members do not count. */
export function contentHash(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(value, sortKeys) ?? "")
    .digest("hex");
}

/** The object with its own hash in `inkube.dev/applied-hash`; the hash covers everything but that annotation. */
export function withAppliedHash(wanted: KubeObject): KubeObject {
  const hash = contentHash(wanted);
  return {
    ...wanted,
    metadata: { ...wanted.metadata, annotations: { ...wanted.metadata.annotations, [annotations.appliedHash]: hash } },
  };
}

/** The hash that was last applied to an object, "" when it has none. */
export function appliedHash(object: KubeObject): string {
  return object.metadata.annotations?.[annotations.appliedHash] ?? "";
}

function sortKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return Object.fromEntries(entries);
}
