export type TunnelTargetKind = "kubelet" | "admission" | "network";

/** Counters that the tunnel keeps; `cluster` is the host namespace of a nested cluster. */
export interface TunnelMetrics {
  opened(cluster: string, target: TunnelTargetKind): void;
  closed(cluster: string, target: TunnelTargetKind): void;
  /** `reason` is one of a closed set, fit for a label. */
  refused(cluster: string, reason: RefusalLabel): void;
}

export type RefusalLabel = "identity" | "request" | "target" | "limit" | "dial";

/** Counts nothing. */
export const noTunnelMetrics: TunnelMetrics = { opened() {}, closed() {}, refused() {} };
