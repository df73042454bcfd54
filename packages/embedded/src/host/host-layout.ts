import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { HostError } from "../host-error.ts";

/** Where everything of one embedded host lies; derived from its name, its state dir and its index alone. */
export interface HostLayout {
  readonly name: string;
  /** Holds everything of this host and is removed by `down`. */
  readonly dir: string;
  readonly settingsPath: string;
  readonly pkiDir: string;
  readonly configDir: string;
  readonly logDir: string;
  readonly runDir: string;
  readonly processesPath: string;
  readonly datastoreDir: string;
  readonly datastoreSocket: string;
  readonly kubeconfigPath: string;
  readonly netnsPath: string;
  readonly containerdRoot: string;
  readonly containerdState: string;
  readonly containerdSocket: string;
  readonly runcRoot: string;
  readonly cniConfDir: string;
  readonly cniDataDir: string;
  readonly kubeletRoot: string;
  readonly podLogsDir: string;
  readonly volumesDir: string;
  /** Absolute path inside every cgroup hierarchy. */
  readonly cgroup: string;
  readonly nodeName: string;
  /** Also part of the names of the CNI result files, which lie outside of the state dir. */
  readonly networkName: string;
  /** Written on the machine's link of this host, so that it is known again after a crash. */
  readonly linkAlias: string;
}

const namePattern = /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/;

/** Computes the layout; the name must be a DNS label of at most 20 characters (HostError `invalidName`). */
export function hostLayout(name: string, stateDir: string): HostLayout {
  if (!namePattern.test(name)) {
    throw new HostError(
      "invalidName",
      `"${name}" cannot name a host: use 1 to 20 lower-case letters, digits and dashes, beginning with a letter`,
    );
  }
  const dir = join(resolve(stateDir), name);
  // Two state dirs may hold hosts of the same name; what lies outside of them must still differ.
  const unique = `inkube-${name}-${createHash("sha256").update(dir).digest("hex").slice(0, 6)}`;
  return {
    name,
    dir,
    settingsPath: join(dir, "host.json"),
    pkiDir: join(dir, "pki"),
    configDir: join(dir, "config"),
    logDir: join(dir, "logs"),
    runDir: join(dir, "run"),
    processesPath: join(dir, "run", "processes.json"),
    datastoreDir: join(dir, "datastore"),
    datastoreSocket: join(dir, "run", "kine.sock"),
    kubeconfigPath: join(dir, "kubeconfig"),
    netnsPath: join(dir, "run", "netns"),
    containerdRoot: join(dir, "containerd"),
    containerdState: join(dir, "run", "containerd"),
    containerdSocket: join(dir, "run", "containerd.sock"),
    runcRoot: join(dir, "run", "runc"),
    cniConfDir: join(dir, "config", "cni"),
    cniDataDir: join(dir, "cni"),
    kubeletRoot: join(dir, "kubelet"),
    podLogsDir: join(dir, "logs", "pods"),
    volumesDir: join(dir, "volumes"),
    cgroup: `/${unique}`,
    nodeName: `${name}-node`,
    networkName: unique,
    linkAlias: `inkube:${dir}`,
  };
}
