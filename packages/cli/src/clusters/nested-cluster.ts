import { AppError, type NestedCluster, names, nestedClusters } from "@inkube/api";
import type { Client, KubeObject } from "@inkube/kube";

/** A NestedCluster as it came from an API server, which filled in its defaults. */
export function asNestedCluster(object: KubeObject): NestedCluster {
  return object as unknown as NestedCluster;
}

/** Reads one. Throws AppError KUBE_NOT_FOUND that names it. */
export async function readCluster(
  host: Client,
  ref: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<NestedCluster> {
  const object = await host.get(nestedClusters, ref, { signal });
  if (!object) throw clusterNotFound(ref);
  return asNestedCluster(object);
}

/** True where its pods are on the cluster that the object was read from: a hub also has objects of those elsewhere. */
export function isHere({ status }: NestedCluster): boolean {
  return status?.host === undefined || status.host === names.localHost;
}

/** Throws AppError USAGE for a nested cluster that runs on another host than the one that is looked at. */
export function mustBeHere(cluster: NestedCluster): void {
  if (isHere(cluster)) return;
  throw new AppError("USAGE", `${cluster.metadata.name} runs on host ${cluster.status?.host}, not on this one`, {
    todo: "Name that host: --kubeconfig FILE or --context NAME.",
  });
}

/** What to say about one that is not there. */
export function clusterNotFound(ref: { namespace: string; name: string }): AppError {
  return new AppError("KUBE_NOT_FOUND", `There is no nested cluster ${ref.name} in project ${ref.namespace}`, {
    todo: "See what there is with inkube list --all-projects.",
  });
}

/** `demo`, or `team-a/demo` outside of the default project. */
export function displayName(ref: { namespace: string; name: string }): string {
  return ref.namespace === "default" ? ref.name : `${ref.namespace}/${ref.name}`;
}
