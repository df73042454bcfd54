import { names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { syncerRules } from "@inkube/syncer";
import { metricsServerIdentity } from "../metrics-server/identity.ts";
import { agentRules, agentSystemRules, type PolicyRule } from "./agent-rules.ts";
import {
  detachRules,
  leaveRules,
  metricsApiRules,
  metricsServerSystemRules,
  mirrorRules,
  readOnlyRules,
  readOnlySystemRules,
} from "./hub-rules.ts";

const rbac = "rbac.authorization.k8s.io";
const namespace = names.systemNamespace;

const joinedRules = [...mirrorRules, ...leaveRules];
const joinedSystemRules = [...detachRules, ...metricsServerSystemRules];

/** Who the programs are on the host, and what they may do. */
export function identities({ joinsHub }: { joinsHub: boolean }): KubeObject[] {
  const syncer = syncerRules();
  return [
    account(names.agent),
    account(names.syncer),
    clusterRole(names.agent, joinsHub ? [...agentRules, ...joinedRules] : agentRules),
    clusterRole(names.syncer, syncer.cluster),
    // Never bound cluster-wide: the agent binds it in the host namespace of each nested cluster.
    clusterRole(names.syncerNamespaceRole, syncer.namespace),
    // Never bound to the shared syncer: the agent binds it to each dedicated one.
    clusterRole(names.syncerDedicatedRole, syncer.dedicated),
    clusterRoleBinding(names.agent),
    clusterRoleBinding(names.syncer),
    ...systemRole(names.agent, joinsHub ? [...agentSystemRules, ...joinedSystemRules] : agentSystemRules),
    ...systemRole(names.syncer, syncer.system),
    ...(joinsHub ? metricsServer() : []),
  ];
}

/**
 * Who the agent is on a host where it may only look. Applying does not take away what was applied before, so on a host that had
 * full access these leave the syncer's bindings without any rights.
 */
export function readOnlyIdentities(): KubeObject[] {
  const nothing = [names.syncer, names.syncerNamespaceRole, names.syncerDedicatedRole];
  return [
    ...nothing.map((name) => clusterRole(name, [])),
    role(names.syncer, []),
    account(names.agent),
    clusterRole(names.agent, [...readOnlyRules, ...leaveRules]),
    clusterRoleBinding(names.agent),
    ...systemRole(names.agent, [...agentSystemRules, ...readOnlySystemRules]),
  ];
}

function metricsServer(): KubeObject[] {
  const role = names.metricsApiRole;
  return [...metricsServerIdentity(), clusterRole(role, metricsApiRules), clusterRoleBinding(role, names.agent)];
}

function account(name: string): KubeObject {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } };
}

function clusterRole(name: string, rules: readonly PolicyRule[]): KubeObject {
  return { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name }, rules };
}

function clusterRoleBinding(name: string, account = name): KubeObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
    subjects: [{ kind: "ServiceAccount", name: account, namespace }],
  };
}

function role(name: string, rules: readonly PolicyRule[]): KubeObject {
  return { apiVersion: `${rbac}/v1`, kind: "Role", metadata: { name, namespace }, rules };
}

function systemRole(name: string, rules: readonly PolicyRule[]): KubeObject[] {
  return [
    role(name, rules),
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: { name, namespace },
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}
