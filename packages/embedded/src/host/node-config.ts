import { join } from "node:path";
import { stringify } from "yaml";
import type { HostLayout } from "./host-layout.ts";
import { clusterDNSIP, podCIDR } from "./network.ts";

/** The sandbox image of every pod. */
export const pauseImage = "registry.k8s.io/pause:3.10.1";

/** Configuration of containerd (format of 1.x): everything it writes lies under the host's own directory. */
export function containerdConfig(layout: HostLayout, cniBinDir: string): string {
  const quote = JSON.stringify;
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = ${quote(layout.containerdRoot)}
state = ${quote(layout.containerdState)}
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing",
]
[grpc]
  address = ${quote(layout.containerdSocket)}
[plugins."io.containerd.internal.v1.opt"]
  path = ${quote(join(layout.containerdRoot, "opt"))}
[${cri}]
  sandbox_image = ${quote(pauseImage)}
  # Without CAP_SYS_RESOURCE, as inside many containers, lowering a score is refused and no sandbox would start.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  max_container_log_line_size = 262144
[${cri}.cni]
  bin_dir = ${quote(cniBinDir)}
  conf_dir = ${quote(layout.cniConfDir)}
[${cri}.containerd]
  snapshotter = "overlayfs"
  default_runtime_name = "runc"
  discard_unpacked_layers = true
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
  Root = ${quote(layout.runcRoot)}
  SystemdCgroup = false
`;
}

/**
 * Pod network: a routed link per pod, without a bridge. Every packet so passes the namespace's own tables, which
 * service addresses need and which a bridge does only where the kernel has br_netfilter.
 */
export function cniConfig(layout: HostLayout): string {
  const config = {
    cniVersion: "0.4.0",
    name: layout.networkName,
    plugins: [
      {
        type: "ptp",
        ipMasq: false,
        mtu: 1500,
        ipam: {
          type: "host-local",
          dataDir: layout.cniDataDir,
          ranges: [[{ subnet: podCIDR }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** Configuration of the kubelet. It asks the API server about who may call it and evicts only when nearly nothing is left. */
export function kubeletConfig(layout: HostLayout, nodeIP: string): string {
  const pki = (file: string) => join(layout.pkiDir, file);
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: nodeIP,
    healthzBindAddress: "127.0.0.1",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true, cacheTTL: "2m0s" },
      x509: { clientCAFile: pki("ca.crt") },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: pki("kubelet.crt"),
    tlsPrivateKeyFile: pki("kubelet.key"),
    clusterDNS: [clusterDNSIP],
    clusterDomain: "cluster.local",
    resolvConf: join(layout.configDir, "resolv.conf"),
    containerRuntimeEndpoint: `unix://${layout.containerdSocket}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: layout.cgroup,
    failCgroupV1: false,
    failSwapOn: false,
    podLogsDir: layout.podLogsDir,
    volumePluginDir: join(layout.kubeletRoot, "volume-plugins"),
    maxPods: 500,
    serializeImagePulls: false,
    syncFrequency: "10s",
    fileCheckFrequency: "20s",
    configMapAndSecretChangeDetectionStrategy: "Watch",
    nodeStatusUpdateFrequency: "10s",
    nodeLeaseDurationSeconds: 40,
    kubeAPIQPS: 500,
    kubeAPIBurst: 1000,
    eventRecordQPS: 200,
    eventBurst: 400,
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: {
      "memory.available": "50Mi",
      "nodefs.available": "100Mi",
      "nodefs.inodesFree": "1%",
      "imagefs.available": "100Mi",
      "imagefs.inodesFree": "1%",
    },
    makeIPTablesUtilChains: true,
    shutdownGracePeriod: "0s",
  });
}

/** Configuration of kube-proxy: iptables mode, confined to the host's network namespace. */
export function kubeProxyConfig(layout: HostLayout, kubeconfig: string): string {
  return stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clusterCIDR: podCIDR,
    detectLocalMode: "ClusterCIDR",
    hostnameOverride: layout.nodeName,
    bindAddress: "127.0.0.1",
    healthzBindAddress: "127.0.0.1:10256",
    metricsBindAddress: "127.0.0.1:10249",
    clientConnection: { kubeconfig, qps: 100, burst: 200 },
    // Limits of connection tracking belong to the machine and cannot be set from a namespace.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    iptables: { minSyncPeriod: "100ms", syncPeriod: "30s" },
  });
}

/** Configuration of the scheduler; its default client rate would cap a burst of pods. */
export function schedulerConfig(kubeconfig: string): string {
  return stringify({
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    leaderElection: { leaderElect: false },
    clientConnection: { kubeconfig, qps: 500, burst: 1000 },
  });
}
