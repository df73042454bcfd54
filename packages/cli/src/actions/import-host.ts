import { isAppError } from "@inkube/api";
import type { CommandContext } from "../context.ts";
import { type ImportFlags, readImportSettings } from "../hub/import-settings.ts";
import { addHost, changeSpec, type GivenImport, newImport, waitJoined } from "../hub/imports.ts";
import { hintAtRecord } from "../hub/wildcard-record.ts";
import { structured } from "../output/structured.ts";

export interface ImportHostFlags extends ImportFlags {
  wait: boolean;
  timeout: number;
}

/** Makes the host known to the hub, or changes its access, and prints the command that lets the cluster join. */
export async function importHost(name: string, flags: ImportHostFlags, context: CommandContext): Promise<void> {
  const { spec, proxy } = await readImportSettings(flags);
  const hub = await context.hub();
  await addHost(hub, name, spec).catch(async (error: unknown) => {
    if (!isAppError(error, "KUBE_ALREADY_EXISTS")) throw error;
    await changeSpec(hub, name, spec);
  });
  await printCommand(name, await newImport(hub, name, proxy), context);
  hintAtRecord(name, flags.domain, context);
  if (flags.wait) await waitJoined(name, flags.timeout, context);
}

async function printCommand(name: string, given: GivenImport, { io, globals, progress }: CommandContext) {
  const text = await structured(given, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  if (globals.output === "name") return io.stdout.write(`hostcluster.inkube.dev/${name}\n`);
  progress.log(`Run this as administrator of the cluster, before ${given.expiresAt}; it works once:`);
  io.stdout.write(`${given.command}\n`);
  if (!given.alternative) return;
  progress.log("Where the machine does not trust the hub's certificate, this instead:");
  io.stdout.write(`${given.alternative}\n`);
}
