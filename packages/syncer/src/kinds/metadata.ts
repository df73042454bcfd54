import type { KubeObject, ObjectMeta } from "@inkube/kube";
import type { KindContext } from "./kind.ts";
import { isReserved } from "./ownership.ts";

/**
 * Annotations of nested objects that never reach the host: bookkeeping of the nested API's clients and controllers, marks that
 * make a kubelet treat a pod as its own static one, and requests to the host's network plug-ins, whose networks and addresses are
 * not the tenant's to choose.
 */
const innerAnnotations = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "kubernetes.io/config.",
  "kubernetes.io/service-account.",
  "endpoints.kubernetes.io/last-change-trigger-time",
  "scheduler.alpha.kubernetes.io/",
  "pv.kubernetes.io/",
  "volume.kubernetes.io/",
  "volume.beta.kubernetes.io/storage-provisioner",
  "k8s.v1.cni.cncf.io/",
  "v1.multus-cni.io/",
  "cni.projectcalico.org/",
  "k8s.ovn.org/",
  "ovn.kubernetes.io/",
  "ipam.cilium.io/",
];

/** True when a nested object's label of this key is on its host copy too. */
export function labelPasses(key: string): boolean {
  return !isReserved(key);
}

/** True when a nested object's annotation of this key is on its host copy too. */
export function annotationPasses(key: string): boolean {
  return !isReserved(key) && !innerAnnotations.some((prefix) => key.startsWith(prefix));
}

function pick(map: Record<string, string> | undefined, passes: (key: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => passes(key)));
}

/**
 * Metadata of a nested object's host copy as far as it comes from the nested object: name, namespace, and the labels and
 * annotations that pass. Owner references and finalizers stay inside; the engine adds its own marks.
 */
export function hostMetadata(nested: KubeObject, context: KindContext): ObjectMeta {
  const { name, namespace = "", labels, annotations } = nested.metadata;
  return {
    name: context.hostName(name, namespace),
    namespace: context.cluster.hostNamespace,
    labels: pick(labels, labelPasses),
    annotations: pick(annotations, annotationPasses),
  };
}
