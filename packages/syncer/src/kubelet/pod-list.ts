import type { KubeObject } from "@inkube/kube";
import type { ClusterView } from "../cluster-view.ts";

/** The cluster's own pods on a node, as its API has them. */
export function podList(view: ClusterView, node: KubeObject, runningOnly: boolean): object {
  const items = view
    .podsOnNode(node.metadata.name)
    .map(({ nested }) => nested)
    .filter((pod) => !runningOnly || (pod.status as { phase?: string } | undefined)?.phase === "Running")
    .map((pod) => ({ ...pod, apiVersion: "v1", kind: "Pod" }));
  return { apiVersion: "v1", kind: "PodList", metadata: {}, items };
}
