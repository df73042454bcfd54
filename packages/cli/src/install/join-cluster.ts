import { isAppError } from "@inkube/api";
import type { CommandContext } from "../context.ts";
import type { ImportSettings } from "../hub/import-settings.ts";
import { addHost, hasJoined, newImport, readHost, waitJoined } from "../hub/imports.ts";
import type { Step } from "../progress/progress.ts";
import { applyImport, inspectTarget } from "./import-target.ts";

export interface JoinRequest {
  /** The cluster's kubeconfig, a file. */
  path: string;
  /** Context to use of it; its own when absent. */
  contextName?: string | undefined;
  /** Name of the host in the hub. */
  name: string;
  settings: ImportSettings;
  wait: boolean;
  /** How long to wait, milliseconds. */
  timeout: number;
  /** Told who the cluster is before anything is done; throws to leave it alone. */
  found?: (cluster: string) => void;
}

/**
 * Makes a host known to the hub and installs its agent by a kubeconfig. One that is known and has not joined is tried again.
 * Throws AppError or KubeError.
 */
export async function joinCluster(
  { path, contextName, name, settings, wait, timeout, found }: JoinRequest,
  context: CommandContext,
  show: (state: Step["state"], detail: string) => void,
): Promise<void> {
  const { createClient, loadKubeconfig } = await import("@inkube/kube");
  const config = await loadKubeconfig({ path, ...(contextName && { context: contextName }) });
  const target = createClient(config);
  try {
    show("working", `${name}: looking at ${config.server}`);
    const cluster = await inspectTarget(target, context.signal);
    found?.(cluster);
    const hub = await context.hub();
    await addHost(hub, name, settings.spec).catch(async (error: unknown) => {
      if (!isAppError(error, "KUBE_ALREADY_EXISTS") || hasJoined(await readHost(hub, name))) throw error;
    });
    show("working", `${name}: installing the agent`);
    const { url } = await newImport(hub, name, settings.proxy);
    await applyImport(hub, url, target, context);
  } finally {
    await target.close();
  }
  if (wait) await waitJoined(name, timeout, context, ({ detail }) => show("working", `${name}: ${detail}`));
}
