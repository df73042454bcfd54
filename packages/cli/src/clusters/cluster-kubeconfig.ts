import { AppError, type NestedCluster, names } from "@inkube/api";
import { type Client, resources } from "@inkube/kube";
import { displayName } from "./nested-cluster.ts";

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
