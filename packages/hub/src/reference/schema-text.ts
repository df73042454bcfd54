import type { Schema } from "./openapi-document.ts";

/** One line of Markdown that says what a value of this schema is. */
export function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) return nameLink(schema.$ref);
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(", ");
  if (schema.anyOf) return schema.anyOf.map(typeText).join(" or ");
  if (schema.type === "array") return `list of ${schema.items ? typeText(schema.items) : "anything"}`;
  const type = [schema.type ?? "anything"].flat().join(" or ");
  const bounds = boundsText(schema);
  return bounds === "" ? type : `${type}, ${bounds}`;
}

/** What may be left out says its default. */
export function describedText({ description = "", default: preset }: Schema): string {
  const end = preset === undefined ? "" : `Default: ${code(preset)}.`;
  return [cell(description), end].filter((part) => part !== "").join(" ");
}

/** Text for a cell of a table. */
export function cell(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|");
}

/** `[Name](#name)` for a reference to a schema. */
export function nameLink(reference: string): string {
  const name = reference.split("/").at(-1) ?? "";
  return `[${name}](#${name.toLowerCase()})`;
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function boundsText({ format, minimum, maximum, minLength, maxLength, pattern }: Schema): string {
  const between = (low: number | undefined, high: number | undefined, what: string): string => {
    // Programs bound every number by what they can count to; that says nothing to a person.
    const top = high !== undefined && high < Number.MAX_SAFE_INTEGER ? high : undefined;
    const bottom = low !== undefined && low > Number.MIN_SAFE_INTEGER ? low : undefined;
    if (bottom !== undefined && top !== undefined) return `${bottom} to ${top}${what}`;
    if (top !== undefined) return `at most ${top}${what}`;
    return bottom === undefined ? "" : `at least ${bottom}${what}`;
  };
  const parts = [
    format ?? (pattern === undefined ? "" : code(pattern.replaceAll("|", "\\|"))),
    between(minimum, maximum, ""),
    between(minLength, maxLength, " characters"),
  ];
  return parts.filter((part) => part !== "").join(", ");
}
