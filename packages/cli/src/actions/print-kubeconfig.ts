import { parse } from "yaml";
import { clusterKubeconfig } from "../clusters/cluster-kubeconfig.ts";
import { readCluster } from "../clusters/nested-cluster.ts";
import type { CommandContext } from "../context.ts";
import { writePrivateFile } from "../kubeconfig/private-file.ts";

/** Prints the kubeconfig for people, or writes it to a private file. */
export async function printKubeconfig(name: string, file: string | undefined, context: CommandContext): Promise<void> {
  const host = await context.host();
  const cluster = await readCluster(host, { namespace: context.globals.project, name }, context.signal);
  const text = await clusterKubeconfig(host, cluster, context.signal);
  if (file) {
    await writePrivateFile(file, text);
    context.io.stderr.write(`Wrote ${file}\n`);
    return;
  }
  const asJson = context.globals.output === "json";
  context.io.stdout.write(asJson ? `${JSON.stringify(parse(text), null, 2)}\n` : text);
}
