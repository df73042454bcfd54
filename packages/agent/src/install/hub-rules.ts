import { hostClusters, names, nestedClusters } from "@inkube/api";
import { fullAccessParts } from "../hub/leftovers.ts";
import { clusterWideParts, ownRights, type Part } from "../hub/uninstall.ts";
import { metricsApiName } from "../metrics-server/objects.ts";
import type { PolicyRule } from "./agent-rules.ts";

/** Copying nested clusters from the hub: their objects, and the settings of the host. */
export const mirrorRules: readonly PolicyRule[] = [
  { apiGroups: [nestedClusters.group], resources: [nestedClusters.plural], verbs: ["create", "delete"] },
  { apiGroups: [hostClusters.group], resources: [hostClusters.plural], verbs: ["create", "patch"] },
];

/** Taking itself off the host when the hub removes it: just the parts of the installation, by name. */
export const leaveRules: readonly PolicyRule[] = [
  ...rulesOn(clusterWideParts, ["delete"]),
  // Marking its own rights as the namespace's, so that they go with it. Rules cannot be changed by this: no right to escalate.
  ...rulesOn(ownRights, ["get", "patch"]),
  { apiGroups: [""], resources: ["namespaces"], verbs: ["get"], resourceNames: [names.systemNamespace] },
];

/**
 * Bringing a metrics server, and taking it away: just that APIService. Created by an apply, which unlike a create has a name that a
 * rule can be about. A role of its own, which outlasts full access until the agent has taken away what it brought.
 */
export const metricsApiRules: readonly PolicyRule[] = [
  {
    apiGroups: ["apiregistration.k8s.io"],
    resources: ["apiservices"],
    verbs: ["create", "delete", "get", "patch"],
    resourceNames: [metricsApiName],
  },
];

/** The same in its own namespace: just that Deployment. */
export const metricsServerSystemRules: readonly PolicyRule[] = [
  {
    apiGroups: ["apps"],
    resources: ["deployments"],
    verbs: ["create", "delete", "get", "patch"],
    resourceNames: [names.metricsServer],
  },
];

function rulesOn(parts: readonly Part[], verbs: string[]): PolicyRule[] {
  return Object.values(Object.groupBy(parts, ({ type }) => type.plural)).flatMap((some = []) => {
    const [first] = some;
    if (!first) return [];
    const { group, plural } = first.type;
    return [{ apiGroups: [group], resources: [plural], verbs, resourceNames: some.map(({ name }) => name) }];
  });
}

const look = ["get", "list", "watch"];

/** All that the agent of a read-only host may do outside of its own namespace. Secrets are not in it. */
export const readOnlyRules: readonly PolicyRule[] = [
  {
    apiGroups: [""],
    resources: ["events", "namespaces", "nodes", "persistentvolumeclaims", "pods", "services"],
    verbs: look,
  },
  { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "replicasets", "statefulsets"], verbs: look },
  { apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: look },
  { apiGroups: ["metrics.k8s.io"], resources: ["nodes", "pods"], verbs: ["get", "list"] },
  { apiGroups: ["networking.k8s.io"], resources: ["servicecidrs"], verbs: ["get"] },
];

/** In its own namespace: where the hub is, the credential that it made for itself, and the end of what full access left. */
export const readOnlySystemRules: readonly PolicyRule[] = [
  ...rulesOn(fullAccessParts, ["delete"]),
  {
    apiGroups: [""],
    resources: ["secrets"],
    verbs: look,
    resourceNames: [names.hubConnectionSecret, names.hubCredentialSecret],
  },
  { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
];

/** In its own namespace, for a host that leaves the hub and goes on by itself. */
export const detachRules: readonly PolicyRule[] = [
  {
    apiGroups: [""],
    resources: ["secrets"],
    verbs: ["delete"],
    resourceNames: [names.hubConnectionSecret, names.hubCredentialSecret],
  },
];
