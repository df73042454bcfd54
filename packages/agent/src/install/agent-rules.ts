import { group, hostClusters, names, nestedClusters } from "@inkube/api";
import { dedicatedSyncerAccount, gateways, tlsRoutes, transportServers } from "@inkube/controlplane";

export interface PolicyRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  resourceNames?: string[];
}

const make = ["create", "get", "list", "patch", "watch"];
const look = ["get", "list", "watch"];

/** Under one name of its own in each host namespace, since an endpoint's type can change. */
function endpointObjects(apiGroup: string, resources: string[], also: string[] = []): PolicyRule[] {
  const [apiGroups, resourceNames] = [[apiGroup], [names.controlPlane]];
  return [
    // What is made has no name yet that a rule could be about.
    { apiGroups, resources, verbs: ["create", ...also] },
    { apiGroups, resources, verbs: ["delete", "get", "patch"], resourceNames },
  ];
}

/** What endpoints consist of beside a Service, and what the host offers for them. */
const endpointRules: readonly PolicyRule[] = [
  ...endpointObjects("networking.k8s.io", ["ingresses"], ["list", "watch"]),
  ...endpointObjects(tlsRoutes.group, [tlsRoutes.plural]),
  ...endpointObjects(transportServers.group, [transportServers.plural]),
  { apiGroups: ["networking.k8s.io"], resources: ["ingressclasses"], verbs: ["list", "watch"] },
  { apiGroups: [gateways.group], resources: [gateways.plural], verbs: ["get"] },
];

/**
 * What the agent may do on the host. It makes namespaces and what is in them, so these rights are cluster-wide; it can
 * give away the syncer's rights and no others, and reads no workload but control planes' pods.
 */
export const agentRules: readonly PolicyRule[] = [
  { apiGroups: [group], resources: [nestedClusters.plural], verbs: [...look, "patch"] },
  { apiGroups: [group], resources: [`${nestedClusters.plural}/status`], verbs: ["patch"] },
  // Lets the finalizer be written on hosts that check who may block a deletion.
  { apiGroups: [group], resources: [`${nestedClusters.plural}/finalizers`], verbs: ["update"] },
  { apiGroups: [group], resources: [hostClusters.plural], verbs: look },
  { apiGroups: [group], resources: [`${hostClusters.plural}/status`], verbs: ["patch"] },
  { apiGroups: [""], resources: ["namespaces"], verbs: [...make, "delete"] },
  {
    apiGroups: [""],
    resources: ["limitranges", "persistentvolumeclaims", "resourcequotas", "secrets", "serviceaccounts", "services"],
    verbs: make,
  },
  // What only a dedicated syncer needs; everything else goes with its namespace.
  { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["delete"], resourceNames: [dedicatedSyncerAccount] },
  { apiGroups: [""], resources: ["secrets"], verbs: ["delete"], resourceNames: [names.syncerTlsSecret] },
  { apiGroups: ["apps"], resources: ["statefulsets"], verbs: make },
  { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: make },
  ...endpointRules,
  // What a dedicated syncer holds outside its host namespace does not go with that namespace. The roles grant no more than
  // the agent holds by the first rules of this list, so it needs no right to escalate.
  {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: ["clusterrolebindings", "rolebindings", "roles"],
    verbs: [...make, "delete"],
  },
  {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: ["clusterroles"],
    verbs: ["bind"],
    resourceNames: [names.syncerNamespaceRole, names.syncerDedicatedRole],
  },
  { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["list", "watch"] },
  // Reads why a pod cannot be made, and tells in projects what happened to nested clusters.
  { apiGroups: [""], resources: ["events"], verbs: ["create", "get", "list", "patch"] },
  { apiGroups: ["networking.k8s.io"], resources: ["servicecidrs"], verbs: ["get"] },
  // Whether usage is known there.
  { apiGroups: ["metrics.k8s.io"], resources: ["nodes"], verbs: ["list"] },
];

/** In the namespace of the programs: the Lease by which one of several agents is active. */
export const agentSystemRules: readonly PolicyRule[] = [
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create", "get", "update"] },
];
