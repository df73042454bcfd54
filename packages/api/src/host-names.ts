import { createHash } from "node:crypto";

/** The longest name that every kind accepts: labels, Services and namespaces allow no more. */
const maxLength = 63;
const separator = "-x-";

/**
 * The host namespace of a nested cluster: `inkube-<project>-<name>-<5 hex of sha256("project/name")>`.
 * Always a DNS-1123 label of at most 63 characters. The project is cut first, the name stays readable
 * (NestedCluster names have at most 40 characters). Two clusters may meet in one name only by a hash collision,
 * so whoever creates the namespace still checks whose it is.
 */
export function hostNamespace(project: string, name: string): string {
  const suffix = `-${sha256(`${project}/${name}`).slice(0, 5)}`;
  const room = maxLength - "inkube-".length - suffix.length;
  const shortName = trimEnd(name.slice(0, room - 2));
  const shortProject = trimEnd(project.slice(0, room - shortName.length - 1));
  return `inkube-${shortProject}-${shortName}${suffix}`;
}

/**
 * The name on the host of an object of a nested cluster: `<name>-x-<namespace>-x-<cluster>`. When that is longer
 * than 63 characters, or could be read in more than one way, it is cut to 52 characters and gets `-` and the first
 * 10 hex of sha256("name/namespace/cluster"). A valid DNS-1123 subdomain whenever the three parts are; a DNS label when they are.
 */
export function hostName(name: string, namespace: string, cluster: string): string {
  const full = `${name}${separator}${namespace}${separator}${cluster}`;
  if (full.length <= maxLength && !isAmbiguous(name, namespace)) return full;
  return cutWithHash(full, `${name}/${namespace}/${cluster}`);
}

/** The Secret that holds the service account tokens of one host pod: `<host pod name>-tokens`, cut by the same rule. */
export function tokensSecretName(hostPodName: string): string {
  const full = `${hostPodName}-tokens`;
  return full.length <= maxLength ? full : cutWithHash(full, full);
}

function cutWithHash(full: string, identity: string): string {
  return `${trimEnd(full.slice(0, 52))}-${sha256(identity).slice(0, 10)}`;
}

/** `a-x-b` in `c` and `a` in `b-x-c` would otherwise share a name, and one would overwrite the other. */
function isAmbiguous(name: string, namespace: string): boolean {
  const joined = `${name}${separator}${namespace}`;
  return joined.indexOf(separator) !== joined.lastIndexOf(separator);
}

function trimEnd(text: string): string {
  return text.replace(/[-.]+$/, "");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
