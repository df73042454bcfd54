import { readFile } from "node:fs/promises";
import { AppError } from "@inkube/api";
import type { Io } from "../io.ts";

/**
 * The documents of a file in YAML or JSON; `-` is standard input. Empty ones are left out. Throws AppError USAGE that names
 * the line of what cannot be understood.
 */
export async function readDocuments(path: string, io: Pick<Io, "readStdin">): Promise<unknown[]> {
  const text = path === "-" ? await io.readStdin() : await readFile(path, "utf8").catch(cannotRead(path));
  const { parseAllDocuments } = await import("yaml");
  const documents = [...parseAllDocuments(text, { version: "1.1" })];
  for (const { errors } of documents) {
    const [first] = errors;
    if (first) throw damaged(path, first.message);
  }
  try {
    return documents.map((document) => document.toJS() as unknown).filter((value) => value !== null);
  } catch (error) {
    // Aliases that would grow without end are noticed only now.
    throw damaged(path, (error as Error).message, error);
  }
}

function damaged(path: string, why: string, cause?: unknown): AppError {
  const [line = ""] = why.split("\n");
  const place = path === "-" ? "Standard input" : path;
  return new AppError("USAGE", `${place} is not YAML or JSON: ${line.replace(/:$/, "")}`, {
    todo: "Correct it and try again.",
    cause,
  });
}

function cannotRead(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw new AppError("USAGE", `${path} cannot be read: ${error.code ?? error.message}`, { cause: error });
  };
}
