import { down } from "@inkube/embedded";
import type { CommandContext } from "../context.ts";
import { embeddedHost } from "../host-access.ts";

/** Removes the embedded host; one that is not there is no error. */
export async function takeDown(purge: boolean, context: CommandContext): Promise<void> {
  const { name, stateDir } = embeddedHost(context.globals, context.io);
  const progress = (line: string) => context.progress.log(line);
  await down({ name, stateDir, purge, progress });
}
