import { type KubeObject, type ResourceType, resources } from "@inkube/kube";

/** Every type of object that the agent makes for a nested cluster and watches, so that it can heal it. */
export const ownedTypes = {
  Namespace: resources.namespaces,
  Service: resources.services,
  PersistentVolumeClaim: resources.persistentvolumeclaims,
  Secret: resources.secrets,
  ServiceAccount: resources.serviceaccounts,
  ResourceQuota: resources.resourcequotas,
  LimitRange: resources.limitranges,
  NetworkPolicy: resources.networkpolicies,
  Ingress: resources.ingresses,
  RoleBinding: resources.rolebindings,
  Role: resources.roles,
  ClusterRoleBinding: resources.clusterrolebindings,
  StatefulSet: resources.statefulsets,
} as const satisfies Record<string, ResourceType>;

export type OwnedKind = keyof typeof ownedTypes;

/** The type of an object that the agent made. Throws for any other kind: a programming error. */
export function ownedType(object: KubeObject): ResourceType {
  const type = (ownedTypes as Record<string, ResourceType>)[object.kind ?? ""];
  if (!type) throw new Error(`${object.kind} is not a kind that the agent owns`);
  return type;
}
