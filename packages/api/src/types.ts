import type { z } from "zod";
import type { apiVersion } from "./labels.ts";
import type { clusterGroupSpec, clusterGroupStatus } from "./schemas/cluster-group.ts";
import type { condition } from "./schemas/common.ts";
import type { hostClusterSpec, hostClusterStatus } from "./schemas/host-cluster.ts";
import type { nestedClusterSpec, nestedClusterStatus } from "./schemas/nested-cluster.ts";

/** Metadata as on the wire; times are RFC 3339 strings. */
export type Metadata = {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
};

/** One observation about an object. */
export type Condition = z.output<typeof condition>;

/** As read from an API server: every default is filled in. */
export type NestedClusterSpec = z.output<typeof nestedClusterSpec>;
/** As people write it: everything is optional. */
export type NestedClusterSpecInput = z.input<typeof nestedClusterSpec>;
export type NestedClusterStatus = z.output<typeof nestedClusterStatus>;
export type NestedCluster = {
  apiVersion: typeof apiVersion;
  kind: "NestedCluster";
  metadata: Metadata;
  spec: NestedClusterSpec;
  status?: NestedClusterStatus;
};

/** As read from an API server: every default is filled in. */
export type HostClusterSpec = z.output<typeof hostClusterSpec>;
/** As people write it: everything is optional. */
export type HostClusterSpecInput = z.input<typeof hostClusterSpec>;
export type HostClusterStatus = z.output<typeof hostClusterStatus>;
export type HostCluster = {
  apiVersion: typeof apiVersion;
  kind: "HostCluster";
  metadata: Metadata;
  spec: HostClusterSpec;
  status?: HostClusterStatus;
};

/** As read from an API server: every default is filled in. */
export type ClusterGroupSpec = z.output<typeof clusterGroupSpec>;
/** As people write it: everything is optional. */
export type ClusterGroupSpecInput = z.input<typeof clusterGroupSpec>;
export type ClusterGroupStatus = z.output<typeof clusterGroupStatus>;
export type ClusterGroup = {
  apiVersion: typeof apiVersion;
  kind: "ClusterGroup";
  metadata: Metadata;
  spec: ClusterGroupSpec;
  status?: ClusterGroupStatus;
};

/** How people reach a nested API server. */
export type EndpointType = NonNullable<HostClusterSpec["endpoint"]["type"]>;

/** How control planes are made, where the ordinary way does not fit. */
export type AdvancedValues = NonNullable<NestedClusterSpec["advanced"]>;

export type Phase = NonNullable<NestedClusterStatus["phase"]>;
export type PodSecurityLevel = NestedClusterSpec["podSecurity"];
