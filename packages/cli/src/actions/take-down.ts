import { rm } from "node:fs/promises";
import { join } from "node:path";
import { defaultCacheDir, defaultStateDir, down, status } from "@inkube/embedded";
import type { CommandContext } from "../context.ts";
import { embeddedHost } from "../host-access.ts";
import { hostsIn } from "../install/hosts-in.ts";

/** What `up` fetched and built; the rest of the cache folder is not its own. */
const caches = ["bin", "components", "images", "rootfs"];

/** Removes the embedded host; one that is not there is no error. */
export async function takeDown(purge: boolean, context: CommandContext): Promise<void> {
  const { name, stateDir } = embeddedHost(context.globals, context.io);
  const progress = (line: string) => context.progress.log(line);
  await down({ name, stateDir, progress });
  if (purge) await removeCaches([stateDir, defaultStateDir], progress);
  const { state } = await status({ name, stateDir });
  context.io.stdout.write(`Host ${name} is ${state}\n`);
}

/** Other hosts run what lies in the cache, so it goes with the last of them. */
async function removeCaches(stateDirs: string[], progress: (line: string) => void): Promise<void> {
  const others = (await Promise.all([...new Set(stateDirs)].map(hostsIn))).flat();
  const cacheDir = defaultCacheDir();
  if (others.length > 0) return progress(`Kept ${cacheDir}: it is in use by host ${others.join(", ")}`);
  for (const cache of caches) await rm(join(cacheDir, cache), { recursive: true, force: true });
  progress(`Removed downloads and builds in ${cacheDir}`);
}
