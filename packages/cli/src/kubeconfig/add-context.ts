import { mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "@inkube/api";
import { mergeContext } from "./merge-context.ts";
import { writePrivateFile } from "./private-file.ts";

/** Name of the context of a nested cluster in a person's kubeconfig. */
export function contextName(project: string, name: string): string {
  return `inkube-${project}-${name}`;
}

/** Adds the context to the file and makes it current, holding the lock that kubectl holds when it writes. */
export async function addContext(path: string, kubeconfig: string, name: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const lock = `${path}.lock`;
  const handle = await open(lock, "wx").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    throw new AppError("KUBE_CONFLICT", `${path} is being written by another program`, {
      todo: `Try again; when nothing else runs, remove ${lock}.`,
    });
  });
  try {
    const existing = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    await writePrivateFile(path, mergeContext(existing, kubeconfig, name));
  } finally {
    await handle.close();
    await rm(lock, { force: true });
  }
}
