import { labels, managedBy } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { ClusterIdentity } from "./input.ts";

/** Labels on everything that the agent makes for a nested cluster. */
export function ownLabels(cluster: ClusterIdentity): Record<string, string> {
  return {
    [labels.managedBy]: managedBy.agent,
    [labels.cluster]: cluster.name,
    [labels.project]: cluster.project,
  };
}

/** Labels of the control plane's pod, and the selector of its Services and policies. */
export const controlPlaneSelector: Readonly<Record<string, string>> = { [labels.component]: "control-plane" };

/** An object in the host namespace with the labels of ours. */
export function owned(
  cluster: ClusterIdentity,
  object: { apiVersion: string; kind: string; name: string; [field: string]: unknown },
): KubeObject {
  const { apiVersion, kind, name, ...rest } = object;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: cluster.hostNamespace, labels: ownLabels(cluster) },
    ...rest,
  };
}

/** An Opaque Secret with text values. */
export function secret(cluster: ClusterIdentity, name: string, files: Readonly<Record<string, string>>): KubeObject {
  const data = Object.fromEntries(
    Object.keys(files)
      .sort()
      .map((file) => [file, Buffer.from(files[file] ?? "").toString("base64")]),
  );
  return owned(cluster, { apiVersion: "v1", kind: "Secret", name, type: "Opaque", data });
}
