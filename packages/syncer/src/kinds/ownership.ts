import { createHash } from "node:crypto";
import type { KubeObject } from "@inkube/kube";
import type { KindContext } from "./kind.ts";

/** Everything under this prefix belongs to the syncer and the agent; nested objects' own keys under it stay inside. */
export const ownPrefix = "inkube.dev/";

/** Labels and annotations that the kinds rely on; the engine writes the first seven on every object that it makes. */
export const keys = {
  managedBy: "inkube.dev/managed-by",
  cluster: "inkube.dev/cluster",
  namespace: "inkube.dev/namespace",
  name: "inkube.dev/name",
  uid: "inkube.dev/uid",
  kind: "inkube.dev/kind",
  appliedHash: "inkube.dev/applied-hash",
  /** Label and annotation keys of a created object that come from inside, so that a removed one can be told from the host's own. */
  ownedKeys: "inkube.dev/owned-keys",
  /** Hash of a pod's changeable fields as last wanted, so that what the host's webhooks changed is left alone. */
  mutableHash: "inkube.dev/mutable-hash",
  /** The nested pod's labels and annotations as the downward API writes them. */
  labels: "inkube.dev/labels",
  annotations: "inkube.dev/annotations",
} as const;

/** Value of {@link keys.managedBy} on what the syncer makes. */
export const syncerValue = "syncer";

/** The ServiceAccount of every synced pod: no token, no rights. */
export const workloadServiceAccount = "workload";

/** First hex digits of the sha256 of a text. */
export function shortHash(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 10);
}

/** A name that fits 63 characters: longer ones are cut and get the hash of the whole as suffix. */
export function fitName(name: string): string {
  if (name.length <= 63) return name;
  return `${name.slice(0, 52).replace(/[-.]+$/, "")}-${shortHash(name)}`;
}

/** Name of the Secret that holds a host pod's service account tokens. */
export function tokenSecretName(hostPodName: string): string {
  return fitName(`${hostPodName}-tokens`);
}

/**
 * The nested name and namespace behind a host object that the syncer made; undefined for any other object.
 * The annotations are believed only when the name derived from them is the object's own.
 */
export function nestedIdentity(host: KubeObject, context: KindContext): { name: string; namespace: string } | undefined {
  const name = host.metadata.annotations?.[keys.name];
  const namespace = host.metadata.annotations?.[keys.namespace];
  if (name === undefined || namespace === undefined) return undefined;
  if (host.metadata.labels?.[keys.managedBy] !== syncerValue) return undefined;
  return context.hostName(name, namespace) === host.metadata.name ? { name, namespace } : undefined;
}
