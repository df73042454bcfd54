import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Names of the embedded hosts that a state dir holds; none when it is not there. */
export async function hostsIn(stateDir: string): Promise<string[]> {
  const entries = await readdir(stateDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries.filter((name) => existsSync(join(stateDir, name, "host.json"))).sort();
}
