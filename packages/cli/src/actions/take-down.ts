import { rm } from "node:fs/promises";
import { join } from "node:path";
import { defaultCacheDir, defaultStateDir, down, type HostStatus, status } from "@inkube/embedded";
import type { CommandContext } from "../context.ts";
import type { Globals } from "../globals.ts";
import { embeddedHost } from "../host-access.ts";
import { readHubFacts } from "../hub/embedded-hub.ts";
import { forgetHub } from "../hub/hub-config.ts";
import { hostsIn } from "../install/hosts-in.ts";
import { structured } from "../output/structured.ts";

/** What `up` fetched and built; the rest of the cache folder is not its own. */
const caches = ["bin", "components", "images", "rootfs"];

/** Removes the embedded host; one that is not there is no error. */
export async function takeDown(purge: boolean, context: CommandContext): Promise<void> {
  const { name, stateDir, dir } = embeddedHost(context.globals, context.io);
  const hub = await readHubFacts(dir);
  const progress = (line: string) => context.progress.log(line);
  await down({ name, stateDir, progress });
  if (hub) await forgetHub(hub, context.io);
  if (purge) await removeCaches([stateDir, defaultStateDir], progress);
  context.io.stdout.write(await takenDown(await status({ name, stateDir }), context.globals));
}

/** What the command has to say at its end: for people nothing, when the progress they saw ended with the same words. */
export async function takenDown(found: HostStatus, { output, quiet }: Globals): Promise<string> {
  const text = await structured(found, output);
  return text ?? (quiet ? `Host ${found.name} is gone\n` : "");
}

/** Other hosts run what lies in the cache, so it goes with the last of them. */
async function removeCaches(stateDirs: string[], progress: (line: string) => void): Promise<void> {
  const others = (await Promise.all([...new Set(stateDirs)].map(hostsIn))).flat();
  const cacheDir = defaultCacheDir();
  if (others.length > 0) return progress(`Kept ${cacheDir}: it is in use by host ${others.join(", ")}`);
  for (const cache of caches) await rm(join(cacheDir, cache), { recursive: true, force: true });
  progress(`Removed downloads and builds in ${cacheDir}`);
}
