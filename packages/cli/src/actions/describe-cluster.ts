import { nestedClusters } from "@inkube/api";
import { type ClusterFacts, readFacts } from "../clusters/cluster-facts.ts";
import { clusterTree } from "../clusters/cluster-tree.ts";
import type { CommandContext } from "../context.ts";
import { structured, withoutManagedFields } from "../output/structured.ts";
import { tree } from "../output/tree.ts";

/** Prints what is known of one nested cluster. */
export async function describeCluster(name: string, context: CommandContext): Promise<void> {
  const host = await context.host();
  const facts = await readFacts(host, { namespace: context.globals.project, name }, context.signal);
  const { output } = context.globals;
  const text = await structured(machineReadable(facts), output);
  if (text !== undefined) return context.io.stdout.write(text);
  if (output === "name") return context.io.stdout.write(`${nestedClusters.plural}.inkube.dev/${name}\n`);
  const style = { colors: context.colors, now: context.clock.now(), all: output === "wide" };
  context.io.stdout.write(tree(clusterTree(facts, style)));
}

function machineReadable({ cluster, containers, usage, events }: ClusterFacts): object {
  return { cluster: withoutManagedFields(cluster), containers, usage, events };
}
