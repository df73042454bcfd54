import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../host-error.ts";
import { ensureHostPki } from "../pki/host-pki.ts";
import { clientKubeconfigPath, writeKubeconfigs } from "../pki/kubeconfig-files.ts";
import { writeIfChanged } from "../write-file.ts";
import type { HostLayout } from "./host-layout.ts";
import { apiServerURL } from "./host-processes.ts";
import { clusterDNSIP } from "./network.ts";
import { cniConfig, containerdConfig, kubeletConfig, kubeProxyConfig, schedulerConfig } from "./node-config.ts";
import { cniPluginDirs, isExecutable } from "./required-tools.ts";

/** Makes sure of directories, certificates, kubeconfigs and configuration files. What is right already is not touched. */
export async function ensureHostFiles(layout: HostLayout, nodeIP: string, now: number): Promise<void> {
  // Volumes of pods that run as other users lie below: the way there must be open, what is secret is closed itself.
  for (const dir of [layout.dir, layout.logDir, layout.volumesDir, layout.podLogsDir, layout.kubeletRoot]) {
    mkdirSync(dir, { recursive: true });
    chmodSync(dir, 0o755);
  }
  for (const dir of [layout.configDir, layout.runDir, layout.datastoreDir, layout.cniConfDir]) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }
  await ensureHostPki(layout, nodeIP, now);
  writeKubeconfigs(layout, apiServerURL(nodeIP));
  const cniBinDir = cniPluginDirs.find((dir) => isExecutable(join(dir, "ptp")));
  if (cniBinDir === undefined) throw new HostError("missingTools", "The CNI plugins are missing");
  const config = (file: string, text: string) => writeIfChanged(join(layout.configDir, file), text);
  config("containerd.toml", containerdConfig(layout, cniBinDir));
  config("kubelet.yaml", kubeletConfig(layout, nodeIP));
  config("kube-proxy.yaml", kubeProxyConfig(layout, clientKubeconfigPath(layout, "kube-proxy")));
  config("scheduler.yaml", schedulerConfig(clientKubeconfigPath(layout, "scheduler")));
  // Without a server in it, resolvers that forward to the node's own refuse to start; the machine's servers nobody here can reach.
  config("resolv.conf", `nameserver ${clusterDNSIP}\noptions timeout:1\n`);
  writeIfChanged(join(layout.cniConfDir, "10-inkube.conflist"), cniConfig(layout));
}
