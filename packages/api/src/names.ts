/** Names of objects that packages share; docs/architecture.md says what each holds. */
export const names = {
  /** Namespace of Inkube's own programs. */
  systemNamespace: "inkube-system",
  /** The HostCluster object that describes the host itself. */
  localHost: "local",
  agent: "inkube-agent",
  syncer: "inkube-syncer",
  syncerService: "inkube-syncer",
  hub: "inkube-hub",
  hubService: "inkube-hub",
  /** Authority that signs the hub's serving certificate, unless one was given. */
  hubCaSecret: "hub-ca",
  hubTlsSecret: "hub-tls",
  /** Where an agent finds its hub: `url`, `ca.crt` and the one-time `token`. */
  hubConnectionSecret: "hub-connection",
  /** The durable credential that an agent made for itself. */
  hubCredentialSecret: "hub-credential",
  /** The one-time secret with which the first administrator signs in. */
  firstAdminSecret: "hub-first-admin",
  /** The metrics server that an agent brings to an imported host that has none. */
  metricsServer: "inkube-metrics-server",
  /** Bindings by which it knows its callers. */
  metricsServerAuth: "inkube-metrics-server-auth",
  /** The agent's role on the Metrics API of such a host. */
  metricsApiRole: "inkube-agent-metrics-api",
  internalCaSecret: "internal-ca",
  syncerTlsSecret: "syncer-tls",
  priorityClass: "inkube-control-plane",
  /** ClusterRole that is bound in each nested cluster's host namespace. */
  syncerNamespaceRole: "inkube-syncer-namespace",
  /** ClusterRole of cluster-wide reads, bound to each dedicated syncer. */
  syncerDedicatedRole: "inkube-syncer-dedicated",

  controlPlane: "control-plane",
  controlPlanePods: "control-plane-pods",
  controlPlanePod: "control-plane-0",
  dataClaim: "data-control-plane-0",
  pkiSecret: "pki",
  egressSecret: "egress",
  syncerKubeconfigSecret: "kubeconfig-syncer",
  kubeconfigSecret: "kubeconfig",
  sizeQuota: "size",
  storageQuota: "storage",
  limitRange: "defaults",
  workloadsPolicy: "workloads",
  controlPlanePolicy: "control-plane",
  workloadServiceAccount: "workload",
  syncerRoleBinding: "syncer",

  servicesWebhook: "inkube-services",
  /** What the nested API server calls the syncer; it resolves only inside the egress tunnel. */
  webhookHost: "syncer.inkube.internal",
  servicesWebhookPath: "/admission/services",
  corednsDeployment: "coredns",
  dnsService: "kube-dns",
} as const;

/** Container names inside the control plane pod, in the order of their start. */
export const containers = {
  kine: "kine",
  apiServer: "kube-apiserver",
  controllerManager: "kube-controller-manager",
  k3s: "k3s",
  /** A dedicated syncer. */
  syncer: "syncer",
} as const;

/** TCP ports. */
export const ports = {
  /** Service of a control plane. */
  apiService: 443,
  /** The nested API server itself. */
  api: 6443,
  kubelet: 10250,
  syncerTunnel: 8443,
  syncerMetrics: 9443,
  agentMetrics: 9444,
  /** Metrics API of the metrics server. */
  metricsServer: 10250,
  /** HTTPS of the hub: API, agents and admission. */
  hub: 8443,
  hubMetrics: 9445,
} as const;
