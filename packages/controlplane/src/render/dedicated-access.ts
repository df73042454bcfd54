import { names, nestedClusters } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { dedicatedSyncerAccount } from "./access.ts";
import type { ClusterIdentity } from "./input.ts";
import { ownLabels } from "./object-labels.ts";

const apiGroup = "rbac.authorization.k8s.io";
const apiVersion = `${apiGroup}/v1`;

/**
 * A dedicated syncer's rights outside its host namespace: reads of what every nested cluster sees of the host, and in the
 * project its own NestedCluster and no other. The host namespace does not take them along, so who deletes it deletes them.
 */
export function dedicatedSyncerAccess(cluster: ClusterIdentity): KubeObject[] {
  const subjects = [{ kind: "ServiceAccount", name: dedicatedSyncerAccount, namespace: cluster.hostNamespace }];
  const labels = ownLabels(cluster);
  const inProject = { name: `${names.syncer}-${cluster.name}`, namespace: cluster.project, labels };
  return [
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name: `${cluster.hostNamespace}-syncer`, labels },
      roleRef: { apiGroup, kind: "ClusterRole", name: names.syncerDedicatedRole },
      subjects,
    },
    { apiVersion, kind: "Role", metadata: inProject, rules: ownClusterRules(cluster.name) },
    {
      apiVersion,
      kind: "RoleBinding",
      metadata: inProject,
      roleRef: { apiGroup, kind: "Role", name: inProject.name },
      subjects,
    },
  ];
}

/** A list or watch is allowed by name when its field selector asks for that name, as the syncer's does. */
function ownClusterRules(name: string): object[] {
  const { group, plural } = nestedClusters;
  const resourceNames = [name];
  return [
    { apiGroups: [group], resources: [plural], resourceNames, verbs: ["get", "list", "watch"] },
    { apiGroups: [group], resources: [`${plural}/status`], resourceNames, verbs: ["patch"] },
  ];
}
