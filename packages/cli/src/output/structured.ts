import type { OutputFormat } from "../globals.ts";

/** JSON or YAML text of a value, ending with a line break; undefined for the formats that are for people. */
export async function structured(value: unknown, format: OutputFormat | undefined): Promise<string | undefined> {
  if (format === "json") return `${JSON.stringify(value, null, 2)}\n`;
  if (format !== "yaml") return undefined;
  const { stringify } = await import("yaml");
  return stringify(value, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

/** The object without bookkeeping that only an API server reads. */
export function withoutManagedFields<T extends { metadata: object }>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata as { managedFields?: unknown };
  return { ...object, metadata };
}
