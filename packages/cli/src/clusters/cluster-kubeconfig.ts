import { AppError, type NestedCluster, names } from "@inkube/api";
import { type Client, resources } from "@inkube/kube";
import type { CommandContext } from "../context.ts";
import { displayName } from "./nested-cluster.ts";

/** Which way a kubeconfig leads: to the endpoint as administrator, or through the hub as oneself. */
export type Via = "endpoint" | "hub";

/** The kubeconfig of one nested cluster, from the hub when one is in use. Throws AppError. */
export async function kubeconfigOf(
  cluster: NestedCluster,
  via: Via | undefined,
  context: CommandContext,
): Promise<string> {
  const hub = await context.hubInUse();
  if (!hub) {
    if (via !== "hub") return clusterKubeconfig(await context.host(), cluster, context.signal);
    throw new AppError("USAGE", "--via hub needs a hub", { todo: "Sign in with inkube login URL." });
  }
  const { namespace = "default", name } = cluster.metadata;
  const path = `/api/v1/projects/${namespace}/clusters/${name}/kubeconfig?via=${via ?? "hub"}`;
  const { kubeconfig } = await hub.call<{ kubeconfig: string }>("GET", path);
  return via === "endpoint" ? kubeconfig : callingThisProgram(kubeconfig, context.io.program);
}

/** kubectl gets its token from this very program, whether or not it is on the PATH. */
function callingThisProgram(kubeconfig: string, [command = "inkube", ...first]: readonly string[]): string {
  const config = JSON.parse(kubeconfig) as { users: { user: { exec?: { command: string; args: string[] } } }[] };
  for (const { user } of config.users) {
    if (user.exec) user.exec = { ...user.exec, command, args: [...first, ...user.exec.args] };
  }
  return `${JSON.stringify(config, null, 2)}\n`;
}

/**
 * The kubeconfig for people of one nested cluster: administrator inside, server is the endpoint.
 * Throws AppError CP_NOT_READY while there is none.
 */
export async function clusterKubeconfig(host: Client, cluster: NestedCluster, signal: AbortSignal): Promise<string> {
  const namespace = cluster.status?.namespace;
  const secret = namespace
    ? await host.get(resources.secrets, { namespace, name: names.kubeconfigSecret }, { signal })
    : undefined;
  const data = (secret?.data ?? {}) as Record<string, string>;
  const encoded = data.kubeconfig;
  if (encoded) return Buffer.from(encoded, "base64").toString("utf8");
  const ref = { namespace: cluster.metadata.namespace ?? "default", name: cluster.metadata.name };
  throw new AppError("CP_NOT_READY", `${displayName(ref)} has no kubeconfig yet`, {
    todo: `Wait until it is ready; see inkube describe ${ref.name}.`,
  });
}
