import { names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { ControlPlaneInput } from "./input.ts";
import { owned } from "./object-labels.ts";

/** ServiceAccount of a dedicated syncer; it has rights in its own host namespace only. */
export const dedicatedSyncerAccount = "syncer";

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
export function syncerServiceAccount({ cluster, spec }: ControlPlaneInput): KubeObject[] {
  if (spec.syncer !== "dedicated") return [];
  return [
    owned(cluster, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      name: dedicatedSyncerAccount,
      automountServiceAccountToken: false,
    }),
  ];
}

/** Lets the syncer that serves this cluster work in its host namespace, and no other one. */
export function syncerRoleBinding({ cluster, spec }: ControlPlaneInput): KubeObject {
  const subject =
    spec.syncer === "dedicated"
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
