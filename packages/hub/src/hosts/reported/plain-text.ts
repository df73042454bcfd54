/**
 * A JSON value whose texts hold nothing that moves a cursor, hides or reorders text, or is half a character: such characters become
 * spaces. Member names are left as they are. Pure.
 */
export function plainTexts(value: unknown): unknown {
  if (typeof value === "string") return value.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, " ");
  if (Array.isArray(value)) return value.map(plainTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainTexts(member)]));
}
