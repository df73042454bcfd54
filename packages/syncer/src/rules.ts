import { nestedClusters } from "@inkube/api";
import { eventRules, kinds } from "./kinds/index.ts";
import type { PolicyRule } from "./kinds/kind.ts";
import { tunnelRules } from "./tunnel/rules.ts";

/** What the syncer's identity needs on a host. */
export interface SyncerRules {
  /** Everywhere: ClusterRole `inkube-syncer`. Reads, and the status of NestedClusters. */
  cluster: PolicyRule[];
  /** The same for a dedicated syncer: ClusterRole `inkube-syncer-dedicated`. Reads without NestedClusters, of which it may see its own only. */
  dedicated: PolicyRule[];
  /** In the host namespace of each nested cluster: ClusterRole `inkube-syncer-namespace`, bound there. */
  namespace: PolicyRule[];
  /** In the namespace of the programs: the Lease by which one of several syncers is active. */
  system: PolicyRule[];
}

/** The syncer's rights, generated from what its kinds and its tunnel say that they need; equal resources are merged. */
export function syncerRules(): SyncerRules {
  const ofKinds = (direction: "toHost" | "fromHost") =>
    kinds.filter((kind) => kind.direction === direction).flatMap((kind) => kind.hostRules);
  const reads = [...ofKinds("fromHost"), ...tunnelRules.cluster];
  return {
    cluster: merged([
      ...reads,
      { apiGroups: [nestedClusters.group], resources: [nestedClusters.plural], verbs: ["get", "list", "watch"] },
      { apiGroups: [nestedClusters.group], resources: [`${nestedClusters.plural}/status`], verbs: ["patch"] },
    ]),
    dedicated: merged(reads),
    namespace: merged([...ofKinds("toHost"), ...eventRules, ...tunnelRules.namespace]),
    system: [{ apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"] }],
  };
}

/** One rule a resource, in a fixed order, so that what is generated from them does not change by itself. */
function merged(rules: PolicyRule[]): PolicyRule[] {
  const verbs = new Map<string, Set<string>>();
  for (const rule of rules) {
    for (const group of rule.apiGroups) {
      for (const resource of rule.resources) {
        const id = `${group}/${resource}`;
        verbs.set(id, new Set([...(verbs.get(id) ?? []), ...rule.verbs]));
      }
    }
  }
  return [...verbs.entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([id, wanted]) => {
      const slash = id.indexOf("/");
      return { apiGroups: [id.slice(0, slash)], resources: [id.slice(slash + 1)], verbs: [...wanted].sort() };
    });
}
