import type { EndpointType, NestedCluster, Reason } from "@inkube/api";
import type { ClusterIdentity } from "@inkube/controlplane";
import type { KubeObject, Logger } from "@inkube/kube";

/** One observation of this run, as it will stand in the status. */
export interface Observation {
  status: "True" | "False" | "Unknown";
  reason: Reason;
  /** Added to the reason's own words; a sentence fragment without secrets. */
  particulars?: string;
}

export type OwnCondition = "ControlPlaneReady" | "NamespaceReady" | "EndpointReachable";

/** What one reconcile knows and finds out. Phases write observations; only the last step writes the status. */
export interface Scope {
  readonly cluster: NestedCluster;
  readonly key: string;
  readonly identity: ClusterIdentity;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly observations: Partial<Record<OwnCondition, Observation>>;
  /** Set when nothing but a change of the specification, or of the host, can help. */
  failed?: Observation;
  endpointUrl?: string;
  endpointType?: EndpointType;
  distro?: "k8s" | "k3s";
  version?: string;
  /** Milliseconds until the next look that nothing else would cause; the lowest wish wins. */
  again?: number;
}

/** Asks for another look after `ms`, or earlier when somebody else asked for that. */
export function lookAgain(scope: Scope, ms: number): void {
  scope.again = Math.min(scope.again ?? Number.POSITIVE_INFINITY, ms);
}

/** `project/name`, the key of queues and log lines. */
export function clusterKey(object: KubeObject): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}
