/** What the bootstrap of one nested cluster is told about it. */
export interface BootstrapConfig {
  /** Usually `cluster.local`. */
  clusterDomain: string;
  /** The host gives each namespace user IDs of its own and refuses others, as OpenShift does. */
  openshift?: boolean;
  /** ClusterIP of the host Service `control-plane`. */
  apiServiceIP: string;
  /** Addresses of the running control plane pods now; empty while unknown. */
  controlPlanePodIPs: () => readonly string[];
  /** PEM of the nested cluster's own CA, for `kube-root-ca.crt`. */
  clusterCA: string;
  /** PEM of the internal CA, which signs the certificate of the syncer. */
  webhookCA: string;
  dns: {
    /** Image of CoreDNS, registry included. */
    image: string;
    /**
     * Where names outside the cluster are asked, as the `forward` plugin takes it: addresses separated by spaces, or a file.
     * Default `/etc/resolv.conf`, which is the node's. Empty: such names do not resolve, for hosts without a resolver.
     */
    forward?: string;
  };
}
