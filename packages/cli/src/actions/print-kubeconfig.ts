import { AppError, isAppError } from "@inkube/api";
import { parse } from "yaml";
import { kubeconfigOf, type Via } from "../clusters/cluster-kubeconfig.ts";
import { readCluster } from "../clusters/nested-cluster.ts";
import type { CommandContext } from "../context.ts";
import { readHost } from "../hub/imports.ts";
import { writePrivateFile } from "../kubeconfig/private-file.ts";

/** Prints the kubeconfig for people, or writes it to a private file. */
export async function printKubeconfig(
  name: string,
  file: string | undefined,
  via: string | undefined,
  context: CommandContext,
): Promise<void> {
  const host = await context.host();
  const cluster = await readCluster(host, { namespace: context.globals.project, name }, context.signal).catch(
    (error: unknown) => explainHost(error, name, context),
  );
  const text = await kubeconfigOf(cluster, readVia(via), context);
  if (file) {
    await writePrivateFile(file, text);
    context.io.stderr.write(`Wrote ${file}\n`);
    return;
  }
  const asJson = context.globals.output === "json";
  context.io.stdout.write(asJson ? `${JSON.stringify(parse(text), null, 2)}\n` : text);
}

/** People look for the kubeconfig of a host here too. There is none: the hub never dials in to a host. */
async function explainHost(error: unknown, name: string, context: CommandContext): Promise<never> {
  const hub = isAppError(error, "KUBE_NOT_FOUND") ? await context.hubInUse() : undefined;
  const isHost = hub && (await readHost(hub, name).then(Boolean, () => false));
  if (!isHost) throw error;
  throw new AppError("KUBE_NOT_FOUND", `${name} is a host, and the hub has no kubeconfig of hosts: it never dials in`, {
    todo: "Use the kubeconfig that the cluster came with, or name a nested cluster.",
    cause: error,
  });
}

function readVia(text: string | undefined): Via | undefined {
  if (text === undefined || text === "endpoint" || text === "hub") return text;
  throw new AppError("USAGE", `--via ${text} is not a way`, { todo: "Use endpoint or hub." });
}
