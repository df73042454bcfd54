import type { CommandContext } from "../context.ts";
import { readImportSettings } from "../hub/import-settings.ts";
import { joinCluster } from "../install/join-cluster.ts";
import { structured } from "../output/structured.ts";
import type { ImportHostFlags } from "./import-host.ts";

export interface AddHostFlags extends ImportHostFlags {
  /** Context of the kubeconfig; its own when absent. */
  context: string | undefined;
}

/** Lets the cluster of a kubeconfig join the hub, by the rights that the kubeconfig has. */
export async function addHostOf(
  { name, kubeconfig: path }: { name: string; kubeconfig: string },
  { context: contextName, ...flags }: AddHostFlags,
  context: CommandContext,
): Promise<void> {
  const { io, globals, progress } = context;
  const settings = await readImportSettings(flags);
  const { wait, timeout } = flags;
  const show = (state: "working" | "waiting" | "done" | "failed", detail: string): void =>
    progress.show([{ name: `Add ${name}`, state, detail }]);
  await joinCluster({ path, contextName, name, settings, wait, timeout }, context, show);
  show("done", name);
  const text = await structured({ name, joined: wait }, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  if (globals.output === "name") return io.stdout.write(`hostcluster.inkube.dev/${name}\n`);
  io.stdout.write(wait ? `Host ${name} has joined\n` : `The agent of ${name} is installed; it joins by itself\n`);
}
