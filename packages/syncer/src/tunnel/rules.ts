/** A rule of a Role or ClusterRole. */
export interface PolicyRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/**
 * The rights on the host that the tunnel's endpoints use: `namespace` in every host namespace of a nested cluster, `cluster`
 * everywhere. `nodes/proxy` is not among them on purpose: it would allow exec into every pod of the host.
 */
export const tunnelRules: { namespace: PolicyRule[]; cluster: PolicyRule[] } = {
  namespace: [
    { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
    { apiGroups: [""], resources: ["pods/exec", "pods/attach", "pods/portforward"], verbs: ["get", "create"] },
  ],
  cluster: [{ apiGroups: [""], resources: ["nodes/stats", "nodes/metrics"], verbs: ["get"] }],
};
