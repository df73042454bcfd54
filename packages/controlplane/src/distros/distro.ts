import type { AdvancedValues, Distro as DistroName, PodSecurityLevel } from "@inkube/api";

/** One command-line flag and why it is there; flags are data so that tests and scans can read them. */
export interface Flag {
  name: string;
  value: string;
  why: string;
}

/** The command line that flags make. */
export function toArguments(flags: readonly Flag[]): string[] {
  return flags.map(({ name, value }) => `--${name}=${value}`);
}

/** What a distro needs to know about one nested cluster; nothing secret. */
export interface DistroInput {
  /** `v1.N.P`, for k3s also `v1.N.P+k3sM`. */
  version: string;
  /** Replaces the registry of every image, `host[:port][/path]`. */
  registry?: string;
  /** The host's range: nested Services carry ClusterIPs of the host. */
  serviceCIDR: string;
  clusterDomain: string;
  /** Names and addresses of the API server; only k3s, which issues its own serving certificate, puts them on its command line. */
  serverNames: readonly string[];
  advanced?: AdvancedValues;
}

/** A container as in a pod's spec; untyped because only a few fields are looked at here. */
export type Container = { name: string; image: string } & Record<string, unknown>;
export type Volume = { name: string } & Record<string, unknown>;

/** What a distro puts into the control plane pod. */
export interface ControlPlaneParts {
  containers: Container[];
  /** Besides `data`, the claim that every distro gets. */
  volumes: Volume[];
}

/** A way to run a control plane in one pod from upstream's images. */
export interface DistroDefinition {
  readonly name: DistroName;
  /** The lowest Pod Security level under which the pod is admitted. */
  readonly podSecurity: PodSecurityLevel;
  /** Container name → image. */
  images(input: DistroInput): Record<string, string>;
  parts(input: DistroInput): ControlPlaneParts;
  /** Files that go into Secret `pki` beside the PKI itself. Nothing secret. */
  files(input: DistroInput): Record<string, string>;
}

/** Directories inside the control plane's containers. */
export const paths = {
  pki: "/etc/kubernetes/pki",
  egress: "/etc/kubernetes/egress",
  data: "/var/lib/inkube",
  socket: "/run/kine",
} as const;

/** Names of files in the Secrets `pki` and `egress` that are not certificates or keys. */
export const fileNames = {
  controllerManagerConfig: "controller-manager.conf",
  authentication: "authentication.yaml",
  egressSelector: "egress-selector.yaml",
} as const;

/** Replaces an image's registry, keeping its repository path: `registry.k8s.io/kube-apiserver` → `mirror/kube-apiserver`. */
export function imageName(registry: string, path: string, tag: string, override?: string): string {
  return `${override ?? registry}/${path}:${tag}`;
}
