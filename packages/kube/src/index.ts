/** A small Kubernetes runtime: client, watch cache, work queue, controller, lease and streams. */
export { createWatchCache } from "./cache/create-watch-cache.ts";
export { isHeld } from "./cache/resource-version.ts";
export { type Change, changedObject, type WatchCache, type WatchCacheOptions } from "./cache/watch-cache.ts";
export type * from "./client/client.ts";
export { createClient } from "./client/create-client.ts";
export { isKubeError, KubeError, type KubeErrorCode, type KubeErrorFields } from "./client/kube-error.ts";
export type { ClusterConfig, ExecPlugin, Impersonation } from "./config/cluster-config.ts";
export { type InClusterOptions, inClusterConfig } from "./config/in-cluster.ts";
export {
  type LoadKubeconfigOptions,
  loadKubeconfig,
  type ParseKubeconfigOptions,
  parseKubeconfig,
} from "./config/kubeconfig.ts";
export { KubeconfigError } from "./config/kubeconfig-error.ts";
export { type KubeconfigFields, serializeKubeconfig } from "./config/serialize-kubeconfig.ts";
export {
  type Controller,
  type ControllerMetrics,
  type ControllerOptions,
  createController,
  type ReconcileContext,
  type Source,
  sourceOf,
} from "./controller/controller.ts";
export { holdLease, type LeaseOptions } from "./lease/lease.ts";
export { formatQuantity, parseQuantity, parseQuantityNano } from "./quantity.ts";
export { createWorkQueue } from "./queue/create-work-queue.ts";
export type { Outcome, Priority, WorkQueue, WorkQueueOptions } from "./queue/work-queue.ts";
export { apiVersionOf, resourcePath, resources } from "./resources.ts";
export { type AttachOptions, attachStream, type ExecOptions, type ExecSession, execStream } from "./streams/exec.ts";
export { type PortForwardOptions, portForward } from "./streams/port-forward.ts";
export { systemClock } from "./system-clock.ts";
export type * from "./types.ts";
