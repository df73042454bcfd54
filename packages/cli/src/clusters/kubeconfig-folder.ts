import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@inkube/api";

/** Paths of the files in a folder, by name; hidden ones are left out. Throws AppError USAGE when there are none. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new AppError("USAGE", `${folder} cannot be read: ${error.code}`, { cause: error });
  });
  const names = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
  if (names.length > 0) return names.sort().map((name) => join(folder, name));
  throw new AppError("USAGE", `There are no files in ${folder}`, { todo: "Name a folder of kubeconfigs." });
}

/** Of names that programs give to every kubeconfig nothing can be learned about the cluster. */
const saysNothing = /^(admin|config|kube-?config|kube-?config-admin)?$/;
const extension = /\.(conf|config|json|kubeconfig|txt|ya?ml)$/;
/** Leaves room for `-` and eight digits in a DNS label. */
const mostCharacters = 54;

/**
 * What a host is called whose kubeconfig is in this file: like the file, without what tells its format; like the context where
 * the file's name says nothing. Undefined when neither has a letter or digit. Pure.
 */
export function hostNameFor(file: string, context: string | undefined): string | undefined {
  const byFile = validName(withoutExtensions(file.toLowerCase()));
  const name = saysNothing.test(byFile) ? validName((context ?? "").toLowerCase()) : byFile;
  return name === "" ? undefined : name;
}

function withoutExtensions(file: string): string {
  const shorter = file.replace(extension, "");
  return shorter === file ? file : withoutExtensions(shorter);
}

function validName(text: string): string {
  const trim = (name: string): string => name.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
  return trim(trim(text.replace(/[^a-z0-9]+/g, "-")).slice(0, mostCharacters));
}

/** The context that a kubeconfig uses when nobody names one; undefined when it does not say, or is none. */
export async function currentContext(path: string): Promise<string | undefined> {
  const [text, { parse }] = await Promise.all([readFile(path, "utf8"), import("yaml")]);
  try {
    const context = (parse(text) as Record<string, unknown> | null)?.["current-context"];
    return typeof context === "string" ? context : undefined;
  } catch {
    // What is wrong with it is told when it is loaded.
    return undefined;
  }
}
