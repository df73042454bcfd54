import { existsSync } from "node:fs";
import { join } from "node:path";
import { readPidRecord } from "../supervisor/pid-record.ts";
import type { SupervisorConfig } from "../supervisor/process-spec.ts";
import { probe } from "../supervisor/ready-probe.ts";
import { readTextIfThere } from "../write-file.ts";
import { hostLayout } from "./host-layout.ts";
import { apiServerURL } from "./host-processes.ts";
import { readHostSettings } from "./host-settings.ts";
import { hostAddresses, networkExists } from "./network.ts";
import { isAlive } from "./process-identity.ts";
import { defaultStateDir } from "./up.ts";

export interface ProcessStatus {
  name: string;
  running: boolean;
  /** Present while it runs. */
  pid?: number;
  /** How often it was started again after it ended by itself. */
  restarts: number;
  startedAt?: string;
}

export interface HostStatus {
  name: string;
  /** Directory of this host. */
  stateDir: string;
  /** `absent`: never made or taken down; `running`: all parts run and the API server is ready; `stopped`: none runs. */
  state: "absent" | "running" | "degraded" | "stopped";
  /** The rest is there unless the host is absent. */
  kubeconfigPath?: string;
  apiServerURL?: string;
  nodeIP?: string;
  nodeName?: string;
  /** Addresses that a load balancer inside may give to services: this machine reaches them. */
  loadBalancerCIDR?: string;
  network?: boolean;
  apiServerReady?: boolean;
  processes: ProcessStatus[];
}

/** What is there of a host now; only looks, and needs no root except to see processes of others. */
export async function status(options: { name?: string; stateDir?: string } = {}): Promise<HostStatus> {
  const layout = hostLayout(options.name ?? "inkube", options.stateDir ?? defaultStateDir);
  const settings = readHostSettings(layout);
  if (settings === undefined) return { name: layout.name, stateDir: layout.dir, state: "absent", processes: [] };
  const text = readTextIfThere(layout.processesPath);
  const config = text === undefined ? undefined : (JSON.parse(text) as SupervisorConfig);
  const names = ["supervisor", ...(config?.processes ?? []).map((spec) => spec.name)];
  const processes = names.map((name) => processStatus(layout.runDir, name));
  const { nodeIP, loadBalancerCIDR } = hostAddresses(settings.index);
  const caPath = join(layout.pkiDir, "ca.crt");
  const url = `${apiServerURL(nodeIP)}/readyz`;
  const network = await networkExists(layout);
  const apiServerReady = network && existsSync(caPath) && (await probe({ kind: "https", url, caPath }));
  const running = processes.filter((one) => one.running).length;
  const whole = running === processes.length && apiServerReady;
  return {
    name: layout.name,
    stateDir: layout.dir,
    state: whole ? "running" : running > 0 ? "degraded" : "stopped",
    kubeconfigPath: layout.kubeconfigPath,
    apiServerURL: apiServerURL(nodeIP),
    nodeIP,
    nodeName: layout.nodeName,
    loadBalancerCIDR,
    network,
    apiServerReady,
    processes,
  };
}

function processStatus(runDir: string, name: string): ProcessStatus {
  const record = readPidRecord(runDir, name);
  if (record === undefined) return { name, running: false, restarts: 0 };
  const { restarts, startedAt, identity } = record;
  return isAlive(identity)
    ? { name, running: true, pid: identity.pid, restarts, startedAt }
    : { name, running: false, restarts };
}
