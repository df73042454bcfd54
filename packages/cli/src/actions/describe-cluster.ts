import { isAppError, nestedClusters } from "@inkube/api";
import type { Client } from "@inkube/kube";
import { type ClusterFacts, readFacts } from "../clusters/cluster-facts.ts";
import { clusterTree } from "../clusters/cluster-tree.ts";
import type { CommandContext } from "../context.ts";
import { structured, withoutManagedFields } from "../output/structured.ts";
import { tree } from "../output/tree.ts";

/** Prints what is known of one nested cluster. */
export async function describeCluster(name: string, context: CommandContext): Promise<void> {
  const [objects, host] = await Promise.all([context.host(), hostIfAny(context)]);
  const facts = await readFacts({ objects, host }, { namespace: context.globals.project, name }, context.signal);
  const { output } = context.globals;
  const text = await structured(machineReadable(facts), output);
  if (text !== undefined) return context.io.stdout.write(text);
  if (output === "name") return context.io.stdout.write(`${nestedClusters.plural}.inkube.dev/${name}\n`);
  const style = { colors: context.colors, now: context.clock.now(), all: output === "wide" };
  context.io.stdout.write(tree(clusterTree(facts, style)));
}

/** Through a hub elsewhere what only the host knows is left out. */
async function hostIfAny(context: CommandContext): Promise<Client | undefined> {
  try {
    return await context.hostItself();
  } catch (error) {
    if (isAppError(error, "USAGE")) return undefined;
    throw error;
  }
}

function machineReadable({ cluster, ...rest }: ClusterFacts): object {
  return { cluster: withoutManagedFields(cluster), ...rest };
}
