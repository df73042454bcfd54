import { names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { ControlPlaneInput } from "./input.ts";
import { owned } from "./object-labels.ts";

/** ServiceAccount of a dedicated syncer, in its host namespace. */
export const dedicatedSyncerAccount = "syncer";

/** Whether the rights belong to the syncer in the cluster's own pod. */
export function isServedByDedicated(input: Pick<ControlPlaneInput, "spec" | "dedicatedSyncerLeaving">): boolean {
  return input.spec.syncer === "dedicated" || input.dedicatedSyncerLeaving === true;
}

/** What every synced pod and the control plane run as on the host: no token, no rights. */
export function workloadServiceAccount({ cluster }: ControlPlaneInput): KubeObject {
  return owned(cluster, {
    apiVersion: "v1",
    kind: "ServiceAccount",
    name: names.workloadServiceAccount,
    automountServiceAccountToken: false,
  });
}

/** The identity of a dedicated syncer; nothing when the shared one serves this cluster. */
export function syncerServiceAccount(input: ControlPlaneInput): KubeObject[] {
  if (!isServedByDedicated(input)) return [];
  return [
    owned(input.cluster, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      name: dedicatedSyncerAccount,
      automountServiceAccountToken: false,
    }),
  ];
}

/**
 * Lets the syncer that serves this cluster work in its host namespace, and no other one. There is one subject, so only one
 * syncer can write here or read the nested cluster's kubeconfig: passing this binding on is what hands a cluster over.
 */
export function syncerRoleBinding(input: ControlPlaneInput): KubeObject {
  const { cluster } = input;
  const subject = isServedByDedicated(input)
    ? { kind: "ServiceAccount", name: dedicatedSyncerAccount, namespace: cluster.hostNamespace }
    : { kind: "ServiceAccount", name: names.syncer, namespace: names.systemNamespace };
  return owned(cluster, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    name: names.syncerRoleBinding,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: names.syncerNamespaceRole },
    subjects: [subject],
  });
}
