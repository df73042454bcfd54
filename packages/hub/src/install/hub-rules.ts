import { clusterGroups, group, hostClusters, names, nestedClusters } from "@inkube/api";
import type { Rule } from "../access/rules.ts";
import { accessSubresource, roleDefinitions } from "./roles.ts";

/** ConfigMap with what administrators set for the whole hub. */
export const settingsConfigMap = "hub-settings";

const look = ["get", "list", "watch"];
const rbac = "rbac.authorization.k8s.io";

/**
 * What the hub itself may do in its Kubernetes API. Callers' requests are made as the caller: for them it needs to impersonate,
 * which is why its own token must be kept as carefully as an administrator's.
 */
export const hubRules: readonly Rule[] = [
  { apiGroups: [""], resources: ["users", "groups"], verbs: ["impersonate"] },
  { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
  { apiGroups: [group], resources: [nestedClusters.plural, hostClusters.plural], verbs: [...look, "patch"] },
  // Access filters: nobody can put into a Role what he may not do himself.
  { apiGroups: [group], resources: [nestedClusters.plural], verbs: ["update"] },
  { apiGroups: [group], resources: [`${nestedClusters.plural}/${accessSubresource}`], verbs: ["view", "edit"] },
  { apiGroups: [group], resources: [clusterGroups.plural], verbs: look },
  {
    apiGroups: [group],
    resources: [nestedClusters, hostClusters, clusterGroups].map(({ plural }) => `${plural}/status`),
    verbs: ["patch"],
  },
  {
    apiGroups: [group],
    resources: [nestedClusters, hostClusters].map(({ plural }) => `${plural}/finalizers`),
    verbs: ["update"],
  },
  { apiGroups: [""], resources: ["namespaces"], verbs: [...look, "create", "patch", "delete"] },
  { apiGroups: [""], resources: ["events"], verbs: look },
  { apiGroups: [rbac], resources: ["roles", "clusterroles"], verbs: look },
  {
    apiGroups: [rbac],
    resources: ["roles", "rolebindings", "clusterrolebindings"],
    verbs: [...look, "create", "patch", "delete"],
  },
  {
    apiGroups: [rbac],
    resources: ["clusterroles"],
    verbs: ["bind"],
    resourceNames: roleDefinitions.map(({ name }) => name),
  },
  {
    apiGroups: ["admissionregistration.k8s.io"],
    resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
    verbs: ["get", "create", "patch"],
    resourceNames: [names.hub],
  },
];

/** In its own namespace: credentials, its certificate, settings, the Lease by which one of several replicas leads. */
export const hubSystemRules: readonly Rule[] = [
  { apiGroups: [""], resources: ["secrets"], verbs: [...look, "create", "update", "patch", "delete"] },
  {
    apiGroups: [""],
    resources: ["configmaps"],
    verbs: ["get", "create", "patch"],
    resourceNames: [settingsConfigMap],
  },
  // Access filters.
  { apiGroups: [""], resources: ["configmaps"], verbs: [...look, "create", "delete"] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create", "get", "update"] },
  // The replicas of the hub.
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: look },
];
