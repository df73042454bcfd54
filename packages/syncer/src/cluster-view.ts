import type { Client, KubeObject } from "@inkube/kube";

/** Which nested cluster something belongs to; `hostNamespace` is unique on a host and names it in certificates. */
export interface ClusterIdentity {
  project: string;
  name: string;
  uid: string;
  hostNamespace: string;
}

/** The addresses that a nested Service got from the host. */
export interface ServiceAddresses {
  clusterIP: string;
  clusterIPs: string[];
  ipFamilies: string[];
  /** Node ports in the order of the Service's ports; 0 where the host gave none. */
  nodePorts: number[];
  healthCheckNodePort?: number;
}

/**
 * What the tunnel, the kubelet endpoint, admission and bootstrap may ask about one nested cluster.
 * Every lookup answers from caches, verified by re-deriving names: an object of another cluster is never returned.
 */
export interface ClusterView {
  readonly identity: ClusterIdentity;
  readonly host: Client;
  readonly nested: Client;
  /** The host pod behind a nested pod. */
  hostPodOf(namespace: string, name: string): KubeObject | undefined;
  /** Pairs of this cluster's pods that the host runs on a node. */
  podsOnNode(node: string): { nested: KubeObject; host: KubeObject }[];
  /** The nested Node with this InternalIP. */
  nodeByAddress(ip: string): KubeObject | undefined;
  /** True when the IP is the ClusterIP of a Service or the IP of a pod of this nested cluster. */
  ownsAddress(ip: string): boolean;
  /**
   * Creates (or, on dry run, validates) the host Service behind a nested one that is about to be created, and says its addresses.
   * With `update` the nested Service exists and is about to become `service`: the host's copy takes its type and ports first, so
   * that node ports come from the host. Idempotent. Throws KubeError when the host refuses.
   */
  ensureHostService(
    service: KubeObject,
    options: { dryRun: boolean; update?: boolean; signal?: AbortSignal },
  ): Promise<ServiceAddresses>;
}

/** The nested clusters that this process serves now. */
export interface ClusterRegistry {
  byHostNamespace(hostNamespace: string): ClusterView | undefined;
}
