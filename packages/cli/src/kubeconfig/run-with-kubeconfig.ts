import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Io } from "../io.ts";

/** Runs a command with KUBECONFIG pointing to a private file that is removed when the command ends; gives its exit code. */
export async function runWithKubeconfig(command: readonly string[], kubeconfig: string, io: Io): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "inkube-"));
  try {
    const path = join(directory, "kubeconfig");
    await writeFile(path, kubeconfig, { mode: 0o600 });
    return await io.runChild(command, { ...io.env, KUBECONFIG: path });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
