import { status } from "@inkube/embedded";
import type { CommandContext } from "../context.ts";
import { embeddedHost } from "../host-access.ts";
import { structured } from "../output/structured.ts";

/** Prints what the embedded host is and does. */
export async function printStatus(context: CommandContext): Promise<void> {
  const { io, globals } = context;
  const { name, stateDir } = embeddedHost(globals, io);
  const found = await status({ name, stateDir });
  const text = await structured(found, globals.output);
  io.stdout.write(text ?? `${JSON.stringify(found)}\n`);
}
