import { annotations, type CredentialKind, credentialKinds, labels, managedBy, names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";

/** What is known of a credential; never its secret. Times are RFC 3339. */
export interface Credential {
  id: string;
  kind: CredentialKind;
  /** sha256 of its secret. */
  hash: string;
  /** User for whom it speaks, or the host. */
  subject: string;
  groups: readonly string[];
  /** What its owner calls it. */
  name: string;
  description: string;
  createdAt: string;
  expiresAt?: string;
  revokedAt?: string;
  /** For one-time credentials: hash of what was made with it. */
  usedFor?: string;
  /** Of the create that made it, when that may be sent again. */
  mark?: string;
}

/** Label with {@link Credential.mark}; the key is that of the annotation on objects, which cannot be searched for. */
export const idempotencyLabel = annotations.idempotencyKey;

export const credentialNamespace = names.systemNamespace;

/** Name of the Secret that holds a credential. */
export function credentialSecretName(id: string): string {
  return `credential-${id}`;
}

/** As the hub keeps it: a Secret, because only Secrets are kept out of ordinary roles. */
export function toSecret(credential: Credential): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: credentialSecretName(credential.id),
      namespace: credentialNamespace,
      labels: {
        [labels.credential]: credential.kind,
        [labels.managedBy]: managedBy.hub,
        ...(credential.mark !== undefined && { [idempotencyLabel]: credential.mark }),
      },
    },
    type: "inkube.dev/credential",
    data: { credential: Buffer.from(JSON.stringify(credential)).toString("base64") },
  };
}

/** Undefined when the Secret was made by somebody else or is damaged. */
export function fromSecret(secret: KubeObject): Credential | undefined {
  const data = (secret.data as Record<string, string> | undefined)?.credential;
  if (secret.type !== "inkube.dev/credential" || !data) return undefined;
  try {
    const value = JSON.parse(Buffer.from(data, "base64").toString("utf8")) as Partial<Credential>;
    const whole = value.id && value.hash && value.subject && value.kind && value.kind in credentialKinds;
    return whole && secret.metadata.name === credentialSecretName(value.id ?? "") ? (value as Credential) : undefined;
  } catch {
    return undefined;
  }
}

/** Why a credential does not count now; undefined while it does. */
export function refusalOf(credential: Credential, now: number): "expired" | "revoked" | undefined {
  if (credential.revokedAt !== undefined) return "revoked";
  return credential.expiresAt !== undefined && Date.parse(credential.expiresAt) <= now ? "expired" : undefined;
}
