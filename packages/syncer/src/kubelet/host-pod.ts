import { annotations } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { ClusterView } from "../cluster-view.ts";
import { type PodNames, Refusal } from "./refusal.ts";
import type { PodRef } from "./route.ts";

/** The host pod behind a pod that a caller names at a node. Throws a 404 {@link Refusal} unless the pod is this cluster's and on that node. */
export function hostPodOnNode(view: ClusterView, node: KubeObject, ref: PodRef): PodNames {
  const host = view.hostPodOf(ref.namespace, ref.pod);
  const nodeName = (host?.spec as { nodeName?: string } | undefined)?.nodeName;
  if (!host || nodeName !== node.metadata.name) {
    throw new Refusal(404, `pod "${ref.pod}" of namespace "${ref.namespace}" is not on this node`);
  }
  if (ref.uid !== undefined && host.metadata.annotations?.[annotations.uid] !== ref.uid) {
    throw new Refusal(404, `pod "${ref.pod}" of namespace "${ref.namespace}" with uid ${ref.uid} is not on this node`);
  }
  return { nested: { namespace: ref.namespace, name: ref.pod }, host };
}

/** The path of a subresource of a host pod, with its query. */
export function hostPath(pod: KubeObject, subresource: string, query: string): string {
  const namespace = encodeURIComponent(pod.metadata.namespace ?? "");
  const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod.metadata.name)}/${subresource}`;
  return query === "" ? path : `${path}?${query}`;
}
