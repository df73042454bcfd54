import { AppError } from "@inkube/api";
import { parse } from "yaml";
import { kubeconfigOf, type Via } from "../clusters/cluster-kubeconfig.ts";
import { readCluster } from "../clusters/nested-cluster.ts";
import type { CommandContext } from "../context.ts";
import { writePrivateFile } from "../kubeconfig/private-file.ts";

/** Prints the kubeconfig for people, or writes it to a private file. */
export async function printKubeconfig(
  name: string,
  file: string | undefined,
  via: string | undefined,
  context: CommandContext,
): Promise<void> {
  const host = await context.host();
  const cluster = await readCluster(host, { namespace: context.globals.project, name }, context.signal);
  const text = await kubeconfigOf(cluster, readVia(via), context);
  if (file) {
    await writePrivateFile(file, text);
    context.io.stderr.write(`Wrote ${file}\n`);
    return;
  }
  const asJson = context.globals.output === "json";
  context.io.stdout.write(asJson ? `${JSON.stringify(parse(text), null, 2)}\n` : text);
}

function readVia(text: string | undefined): Via | undefined {
  if (text === undefined || text === "endpoint" || text === "hub") return text;
  throw new AppError("USAGE", `--via ${text} is not a way`, { todo: "Use endpoint or hub." });
}
