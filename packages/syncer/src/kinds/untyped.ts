/** A JSON object whose fields are not known to this program. */
export type Json = Record<string, unknown>;

/** The value as a JSON object; an empty one when it is anything else. */
export function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** The JSON objects of an array; none when the value is no array. */
export function records(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

/** The strings of an array; none when the value is no array. */
export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The value when it is a string, otherwise "". */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The string-valued fields of a JSON object: labels, annotations, selectors. */
export function stringMap(value: unknown): Record<string, string> {
  const map: Record<string, string> = {};
  for (const [key, item] of Object.entries(record(value))) {
    if (typeof item === "string") map[key] = item;
  }
  return map;
}

/** A copy without the named fields and without undefined ones. */
export function without(object: Json, ...fields: string[]): Json {
  const copy: Json = {};
  for (const [key, value] of Object.entries(object)) {
    if (value !== undefined && !fields.includes(key)) copy[key] = value;
  }
  return copy;
}

/** `{ [field]: value }`, or nothing when the value is undefined: for spreading optional fields. */
export function optional(field: string, value: unknown): Json {
  return value === undefined ? {} : { [field]: value };
}
