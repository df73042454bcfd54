import { labels } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { ControlPlaneInput } from "./input.ts";
import { ownLabels } from "./object-labels.ts";

/** The host namespace: whose it is, and which pods the host admits in it. */
export function namespaceObject({ cluster, spec }: ControlPlaneInput): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: cluster.hostNamespace,
      labels: {
        ...ownLabels(cluster),
        [labels.clusterUid]: cluster.uid,
        "pod-security.kubernetes.io/enforce": spec.advanced?.podSecurity ?? spec.podSecurity,
        "pod-security.kubernetes.io/enforce-version": "latest",
      },
    },
  };
}
