import { group, version } from "./labels.ts";

/** Where NestedCluster objects are served; their namespace is the project. */
export const nestedClusters = {
  group,
  version,
  plural: "nestedclusters",
  kind: "NestedCluster",
  namespaced: true,
} as const;

/** Where HostCluster objects are served. */
export const hostClusters = {
  group,
  version,
  plural: "hostclusters",
  kind: "HostCluster",
  namespaced: false,
} as const;

/** Where ClusterGroup objects are served. */
export const clusterGroups = {
  group,
  version,
  plural: "clustergroups",
  kind: "ClusterGroup",
  namespaced: false,
} as const;
