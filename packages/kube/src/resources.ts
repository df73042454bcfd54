import type { ResourceType } from "./types.ts";

function namespaced(group: string, version: string, plural: string, kind: string): ResourceType {
  return { group, version, plural, kind, namespaced: true };
}

function cluster(group: string, version: string, plural: string, kind: string): ResourceType {
  return { group, version, plural, kind, namespaced: false };
}

/** The resource types that Kubernetes itself serves and the packages use, by plural. */
export const resources = {
  configmaps: namespaced("", "v1", "configmaps", "ConfigMap"),
  endpoints: namespaced("", "v1", "endpoints", "Endpoints"),
  events: namespaced("", "v1", "events", "Event"),
  limitranges: namespaced("", "v1", "limitranges", "LimitRange"),
  namespaces: cluster("", "v1", "namespaces", "Namespace"),
  nodes: cluster("", "v1", "nodes", "Node"),
  persistentvolumeclaims: namespaced("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
  persistentvolumes: cluster("", "v1", "persistentvolumes", "PersistentVolume"),
  pods: namespaced("", "v1", "pods", "Pod"),
  resourcequotas: namespaced("", "v1", "resourcequotas", "ResourceQuota"),
  secrets: namespaced("", "v1", "secrets", "Secret"),
  serviceaccounts: namespaced("", "v1", "serviceaccounts", "ServiceAccount"),
  services: namespaced("", "v1", "services", "Service"),
  mutatingwebhookconfigurations: cluster(
    "admissionregistration.k8s.io",
    "v1",
    "mutatingwebhookconfigurations",
    "MutatingWebhookConfiguration",
  ),
  validatingwebhookconfigurations: cluster(
    "admissionregistration.k8s.io",
    "v1",
    "validatingwebhookconfigurations",
    "ValidatingWebhookConfiguration",
  ),
  customresourcedefinitions: cluster(
    "apiextensions.k8s.io",
    "v1",
    "customresourcedefinitions",
    "CustomResourceDefinition",
  ),
  apiservices: cluster("apiregistration.k8s.io", "v1", "apiservices", "APIService"),
  daemonsets: namespaced("apps", "v1", "daemonsets", "DaemonSet"),
  deployments: namespaced("apps", "v1", "deployments", "Deployment"),
  replicasets: namespaced("apps", "v1", "replicasets", "ReplicaSet"),
  statefulsets: namespaced("apps", "v1", "statefulsets", "StatefulSet"),
  tokenreviews: cluster("authentication.k8s.io", "v1", "tokenreviews", "TokenReview"),
  selfsubjectaccessreviews: cluster(
    "authorization.k8s.io",
    "v1",
    "selfsubjectaccessreviews",
    "SelfSubjectAccessReview",
  ),
  subjectaccessreviews: cluster("authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview"),
  cronjobs: namespaced("batch", "v1", "cronjobs", "CronJob"),
  jobs: namespaced("batch", "v1", "jobs", "Job"),
  leases: namespaced("coordination.k8s.io", "v1", "leases", "Lease"),
  endpointslices: namespaced("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
  ingressclasses: cluster("networking.k8s.io", "v1", "ingressclasses", "IngressClass"),
  ingresses: namespaced("networking.k8s.io", "v1", "ingresses", "Ingress"),
  networkpolicies: namespaced("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"),
  servicecidrs: cluster("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR"),
  runtimeclasses: cluster("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass"),
  poddisruptionbudgets: namespaced("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"),
  clusterrolebindings: cluster("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding"),
  clusterroles: cluster("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole"),
  rolebindings: namespaced("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
  roles: namespaced("rbac.authorization.k8s.io", "v1", "roles", "Role"),
  priorityclasses: cluster("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass"),
  csidrivers: cluster("storage.k8s.io", "v1", "csidrivers", "CSIDriver"),
  csinodes: cluster("storage.k8s.io", "v1", "csinodes", "CSINode"),
  storageclasses: cluster("storage.k8s.io", "v1", "storageclasses", "StorageClass"),
} as const satisfies Record<string, ResourceType>;

/** `apiVersion` as objects of this type carry it: `v1`, `apps/v1`. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === "" ? type.version : `${type.group}/${type.version}`;
}

/**
 * The URL path of a collection, or of one object and its subresource.
 * A namespaced type without a namespace gives the collection of all namespaces.
 */
export function resourcePath(type: ResourceType, namespace?: string, name?: string, subresource?: string): string {
  const root = type.group === "" ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope = type.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  const object = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  const child = subresource ? `/${subresource}` : "";
  return `${root}${scope}/${type.plural}${object}${child}`;
}
