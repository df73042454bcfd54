import type { NestedCluster } from "@inkube/api";
import { kubeconfigOf } from "../clusters/cluster-kubeconfig.ts";
import { readCluster } from "../clusters/nested-cluster.ts";
import type { CommandContext } from "../context.ts";
import { addContext, contextName } from "../kubeconfig/add-context.ts";
import { defaultKubeconfigPath } from "../kubeconfig/default-path.ts";
import { runWithKubeconfig } from "../kubeconfig/run-with-kubeconfig.ts";

/** Adds a context for the nested cluster, or runs one command with a kubeconfig of its own. */
export async function connectCluster(
  name: string,
  command: readonly string[],
  file: string | undefined,
  context: CommandContext,
): Promise<void> {
  const host = await context.host();
  const cluster = await readCluster(host, { namespace: context.globals.project, name }, context.signal);
  if (command.length === 0) return addToKubeconfig(cluster, file, context);
  const kubeconfig = await kubeconfigOf(cluster, undefined, context);
  context.exitWith(await runWithKubeconfig(command, kubeconfig, context.io));
}

/** Adds the cluster to a person's kubeconfig and says how to use it. */
export async function addToKubeconfig(
  cluster: NestedCluster,
  file: string | undefined,
  context: CommandContext,
): Promise<void> {
  const kubeconfig = await kubeconfigOf(cluster, undefined, context);
  const path = file ?? defaultKubeconfigPath(context.io);
  const name = contextName(cluster.metadata.namespace ?? "default", cluster.metadata.name);
  await addContext(path, kubeconfig, name);
  context.io.stderr.write(`The current context of ${path} is now ${name}\n`);
}
