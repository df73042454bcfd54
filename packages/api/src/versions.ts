/** What a control plane is made of: upstream binaries, or k3s. */
export const distros = ["k8s", "k3s"] as const;
export type Distro = (typeof distros)[number];

/** Kubernetes 1.x minors that a nested control plane may have; the one table that schemas and messages are made from. */
export const supportedMinors = [33, 34, 35] as const;

/** What a host offers when nobody says otherwise. */
export const defaultVersion = "v1.34.4";

/**
 * The oldest Kubernetes that a host may run, by the access of its import: full access needs the address functions of CEL in
 * definitions (1.31), looking only the stable API of CronJobs (1.21).
 */
export const oldestHostVersion = { full: "v1.31", "read-only": "v1.21" } as const;

/**
 * True when a cluster that says it runs `version`, with whatever its maker appends, is older than `oldest`, `v1.N`. What cannot be
 * understood is not called old.
 */
export function isTooOld(version: string, oldest: string): boolean {
  const [, major, minor] = /^v?(\d{1,3})\.(\d{1,3})(?!\d)/.exec(version) ?? [];
  const [, least] = /^v1\.(\d+)$/.exec(oldest) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) < 1 || (Number(major) === 1 && Number(minor) < Number(least));
}

/** The supported versions in words, for messages. */
export const supportedVersionsText: string = supportedMinors.map((minor) => `v1.${minor}`).join(", ");

export interface KubernetesVersion {
  minor: number;
  patch: number;
  /** N of `+k3sN`; absent for upstream. */
  k3s?: number;
}

/** Reads `v1.N.P` or `v1.N.P+k3sM`; undefined for anything else. Says nothing about being supported. */
export function parseVersion(text: string): KubernetesVersion | undefined {
  const match = /^v1\.(\d{1,3})\.(\d{1,3})(?:\+k3s(\d{1,3}))?$/.exec(text);
  if (!match) return undefined;
  const version: KubernetesVersion = { minor: Number(match[1]), patch: Number(match[2]) };
  if (match[3] !== undefined) version.k3s = Number(match[3]);
  return version;
}

/** True when a nested control plane may run this version. */
export function isSupportedVersion(text: string): boolean {
  const version = parseVersion(text);
  return version !== undefined && supportedMinors.some((minor) => minor === version.minor);
}
