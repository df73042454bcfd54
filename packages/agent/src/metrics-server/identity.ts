import { names, ports } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";

const rbac = "rbac.authorization.k8s.io";
const { metricsServer: name, metricsServerAuth: auth, systemNamespace: namespace } = names;
const subjects = [{ kind: "ServiceAccount", name, namespace }];

/** Labels by which the metrics server's pods are found. */
export const metricsServerLabels: Readonly<Record<string, string>> = { "app.kubernetes.io/name": name };

/**
 * Who the metrics server is and what it may do, as upstream says: so that the agent, which brings it to a host that has none, can
 * give away no right itself. Without its Deployment none of this does anything.
 */
export function metricsServerIdentity(): KubeObject[] {
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name },
      rules: [
        { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
        { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["get", "list", "watch"] },
      ],
    },
    binding("ClusterRoleBinding", { name }, { kind: "ClusterRole", name }),
    // Asks the host who a caller is and what he may do.
    binding("ClusterRoleBinding", { name: auth }, { kind: "ClusterRole", name: "system:auth-delegator" }),
    binding(
      "RoleBinding",
      { name: auth, namespace: "kube-system" },
      { kind: "Role", name: "extension-apiserver-authentication-reader" },
    ),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: {
        selector: { ...metricsServerLabels },
        ports: [{ name: "https", port: 443, targetPort: ports.metricsServer, protocol: "TCP" }],
      },
    },
  ];
}

function binding(kind: string, metadata: KubeObject["metadata"], role: { kind: string; name: string }): KubeObject {
  return { apiVersion: `${rbac}/v1`, kind, metadata, roleRef: { apiGroup: rbac, ...role }, subjects };
}
