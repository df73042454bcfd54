import { createHash } from "node:crypto";

/** The first 10 hex digits of the sha256 of a text. */
export function shortHash(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 10);
}
