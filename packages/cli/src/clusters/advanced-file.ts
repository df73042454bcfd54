import { readFile } from "node:fs/promises";
import { type AdvancedValues, AppError } from "@inkube/api";

const todo = "Correct the file and try again; docs/hub.md lists the keys.";

/**
 * Advanced values of a group as they are in a YAML file. Throws AppError SPEC_INVALID that names the file, and of a text that is
 * no YAML the line, of a key or value that cannot be its path. Amounts are judged by the hub.
 */
export async function readAdvancedFile(path: string): Promise<AdvancedValues> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new AppError("USAGE", `${path} cannot be read: ${error.code}`, { cause: error });
  });
  const [value, { advancedValues }] = await Promise.all([parseYaml(text, path), import("@inkube/api/schemas")]);
  const unknown = unknownKey(advancedValues as unknown as Schema, value, "");
  if (unknown !== undefined) throw invalid(path, `${unknown} is not a key`);
  const { data, error } = advancedValues.safeParse(value ?? {});
  if (data) return data;
  const [issue] = error.issues;
  throw invalid(path, `${issue?.path.join(".") || "the document"}: ${issue?.message}`);
}

/** The same as a merge patch that leaves nothing of what was there before. Throws as {@link readAdvancedFile}. */
export async function readAdvancedPatch(path: string): Promise<unknown> {
  const [values, { advancedValues }] = await Promise.all([readAdvancedFile(path), import("@inkube/api/schemas")]);
  return withoutOthers(advancedValues as unknown as Schema, values);
}

/** With null, which removes a member in a merge patch, for every key of the schema that is not given. */
function withoutOthers({ def }: Schema, value: unknown): unknown {
  if (value === undefined) return null;
  if (def.innerType) return withoutOthers(def.innerType, value);
  if (!def.shape) return value;
  const given = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(def.shape).map(([key, inner]) => [key, withoutOthers(inner, given[key])]));
}

async function parseYaml(text: string, path: string): Promise<unknown> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw invalid(path, `line ${error.linePos?.[0].line ?? 1}: ${error.message.split("\n")[0]}`);
  return document.toJS() as unknown;
}

/** Path of the first key that the schema does not have: the API server would leave it out without a word. */
function unknownKey({ def }: Schema, value: unknown, path: string): string | undefined {
  if (def.innerType) return unknownKey(def.innerType, value, path);
  if (!def.shape || typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const here = path === "" ? key : `${path}.${key}`;
    const known = Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
    const found = known ? unknownKey(known, inner, here) : here;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The part of a schema that is looked at. */
interface Schema {
  def: { innerType?: Schema; shape?: Readonly<Record<string, Schema>> };
}

function invalid(path: string, what: string): AppError {
  return new AppError("SPEC_INVALID", `${path}: ${what}`, { todo });
}
