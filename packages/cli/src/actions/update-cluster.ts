import { AppError, fieldManagers, nestedClusters } from "@inkube/api";
import { isKubeError, type KubeObject } from "@inkube/kube";
import { givenFields } from "../clusters/given-fields.ts";
import { labelPatch } from "../clusters/label-patch.ts";
import { clusterNotFound, displayName } from "../clusters/nested-cluster.ts";
import { waitReady } from "../clusters/wait-ready.ts";
import type { CommandContext } from "../context.ts";
import { printChanged } from "../hub/print-changed.ts";

export interface UpdateFlags {
  cpu?: string | undefined;
  memory?: string | undefined;
  storage?: string | undefined;
  pods?: number | undefined;
  version?: string | undefined;
  endpoint?: string | undefined;
  "source-range": string[];
  syncer?: string | undefined;
  "pod-security"?: string | undefined;
  description?: string | undefined;
  label: string[];
  wait: boolean;
  timeout: number;
  "dry-run": boolean;
}

/** Changes what the options say of a nested cluster, and nothing else. Throws AppError USAGE when they say nothing. */
export async function updateCluster(name: string, flags: UpdateFlags, context: CommandContext): Promise<void> {
  const patch = patchOf(flags);
  if (!patch) throw new AppError("USAGE", "Nothing was said that would change", { todo: "See inkube update --help." });
  const host = await context.host();
  const ref = { namespace: context.globals.project, name };
  const { "dry-run": dryRun } = flags;
  const write = { type: "merge" as const, fieldManager: fieldManagers.cli, dryRun, signal: context.signal };
  const changed = await host.patch(nestedClusters, ref, patch, write).catch((error: unknown) => {
    throw isKubeError(error, "notFound") ? clusterNotFound(ref) : error;
  });
  const waits = flags.wait && !dryRun;
  const shown = waits ? ((await waitReady(host, ref, flags.timeout, context)) as unknown as KubeObject) : changed;
  await printChanged(shown, { subject: displayName(ref), resource: "nestedcluster.inkube.dev", dryRun }, context);
}

/** The merge patch that the options mean; undefined when they mean none. */
export function patchOf(flags: Omit<UpdateFlags, "wait" | "timeout" | "dry-run">): object | undefined {
  const { cpu, memory, storage, pods, description, version, syncer } = flags;
  const sourceRanges = flags["source-range"].length > 0 ? flags["source-range"] : undefined;
  const loadBalancer = givenFields({ sourceRanges });
  const spec = givenFields({
    ...{ description, version, syncer, podSecurity: flags["pod-security"] },
    size: givenFields({ cpu, memory, storage, pods }),
    endpoint: givenFields({ type: flags.endpoint, loadBalancer }),
  });
  const labels = labelPatch(flags.label);
  return givenFields({ spec, metadata: givenFields({ labels }) });
}
