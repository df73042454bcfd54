import { jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { objectTitles } from "./schemas.ts";

type TransformObject = typeof jsonSchemaTransformObject;
type Schemas = Record<string, unknown>;

const reference = "#/components/schemas/";
/** What an answer means, by the first digit of its status. */
const meanings: Readonly<Record<string, string>> = {
  2: "It worked.",
  3: "It is elsewhere.",
  4: "It was refused: bad input, no right, or nothing there.",
  5: "The hub, or what it needs, does not answer well: try again.",
};

/**
 * The whole OpenAPI document: objects of ours are described once and referred to, what nothing refers to is left out, and every
 * answer says what it means.
 */
export const describeDocument = ((input) => {
  const document = jsonSchemaTransformObject(input) as {
    components?: { schemas?: Schemas };
    paths?: Record<string, Record<string, { responses?: Record<string, { description?: string }> }>>;
  };
  const shared: Schemas = {};
  const paths = sharing(document.paths, shared) as NonNullable<typeof document.paths>;
  for (const operation of Object.values(paths).flatMap((item) => Object.values(item))) {
    for (const [status, answer] of Object.entries(operation.responses ?? {})) {
      if (answer.description === "Default Response") answer.description = meanings[status.charAt(0)] ?? "An answer.";
    }
  }
  const schemas = { ...document.components?.schemas, ...shared };
  return { ...document, paths, components: { ...document.components, schemas: usedOf(schemas, paths) } };
}) as TransformObject;

/** The value with descriptions of our objects moved to `shared`. */
function sharing(value: unknown, shared: Schemas): unknown {
  if (Array.isArray(value)) return value.map((item) => sharing(item, shared));
  if (typeof value !== "object" || value === null) return value;
  const { title } = value as { title?: unknown };
  if (typeof title === "string" && objectTitles.includes(title)) {
    shared[title] = value;
    return { $ref: `${reference}${title}` };
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, sharing(part, shared)]));
}

/** Those that are referred to, directly or by one another, by name. */
function usedOf(schemas: Schemas, paths: unknown): Schemas {
  const used = new Set<string>();
  const look = (value: unknown): void => {
    for (const [, name = ""] of JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      look(schemas[name] ?? null);
    }
  };
  look(paths);
  return Object.fromEntries([...used].sort().map((name) => [name, schemas[name]]));
}
