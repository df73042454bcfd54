import { z } from "zod";
import { apiVersion } from "../labels.ts";
import { advancedValues } from "./advanced.ts";
import { capacityFigures, clusterGroupSpec, clusterGroupStatus } from "./cluster-group.ts";
import { hostClusterSpec, hostClusterStatus } from "./host-cluster.ts";
import { nestedClusterSpec, nestedClusterStatus } from "./nested-cluster.ts";

export type { CelRule } from "./cel.ts";
export { condition, conditions } from "./common.ts";
export {
  advancedValues,
  capacityFigures,
  clusterGroupSpec,
  clusterGroupStatus,
  hostClusterSpec,
  hostClusterStatus,
  nestedClusterSpec,
  nestedClusterStatus,
};

const metadata = z.looseObject({ name: z.string() });

/** A whole NestedCluster; parsing fills in the same defaults as the API server. */
export const nestedClusterSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal("NestedCluster"),
  metadata,
  spec: nestedClusterSpec.prefault({}),
  status: nestedClusterStatus.optional(),
});

/** A whole HostCluster; parsing fills in the same defaults as the API server. */
export const hostClusterSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal("HostCluster"),
  metadata,
  spec: hostClusterSpec.prefault({}),
  status: hostClusterStatus.optional(),
});

/** A whole ClusterGroup; parsing fills in the same defaults as the API server. */
export const clusterGroupSchema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal("ClusterGroup"),
  metadata,
  spec: clusterGroupSpec.prefault({}),
  status: clusterGroupStatus.optional(),
});
