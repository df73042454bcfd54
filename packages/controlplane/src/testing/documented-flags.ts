/** Flags of `k3s server` as its reference documents them, without those of embedded etcd and agents. */
export const documentedFlags: readonly string[] = [
  "advertise-address",
  "advertise-port",
  "bind-address",
  "cluster-cidr",
  "cluster-dns",
  "cluster-domain",
  "data-dir",
  "datastore-cafile",
  "datastore-certfile",
  "datastore-endpoint",
  "datastore-keyfile",
  "debug",
  "default-local-storage-path",
  "disable",
  "disable-cloud-controller",
  "disable-helm-controller",
  "disable-kube-proxy",
  "disable-network-policy",
  "disable-scheduler",
  "egress-selector-mode",
  "flannel-backend",
  "https-listen-port",
  "kube-apiserver-arg",
  "kube-controller-manager-arg",
  "kube-scheduler-arg",
  "secrets-encryption",
  "service-cidr",
  "service-node-port-range",
  "servicelb-namespace",
  "tls-san",
  "tls-san-security",
  "token",
  "token-file",
  "write-kubeconfig",
  "write-kubeconfig-mode",
];

/** Accepted by every release, and left out of the reference on purpose: a server without an agent is an advanced set-up. */
export const hiddenFlags: readonly string[] = ["disable-agent"];

/** Valid values of `--disable`. */
export const documentedComponents: readonly string[] = [
  "coredns",
  "local-storage",
  "metrics-server",
  "servicelb",
  "traefik",
];
