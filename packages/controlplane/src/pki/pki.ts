import { issueAuthority, issueLeaf, issueSigningKey, type KeyPair, type LeafRequest } from "./certificate.ts";
import { isUsableAuthority, type RenewalReason, renewalReason } from "./inspect-certificate.ts";

const day = 24 * 60 * 60_000;
/** An authority lives ten years; it is rotated, never renewed. */
export const authorityLifetimeMs = 3650 * day;
/** A leaf lives one year and is replaced after two thirds of it. */
export const leafLifetimeMs = 365 * day;

type Authority = "ca" | "front-proxy-ca";
export type LeafName =
  | "apiserver"
  | "apiserver-kubelet-client"
  | "front-proxy-client"
  | "admin"
  | "syncer"
  | "controller-manager";

/** All files of one nested cluster's PKI by name (`ca.crt`, `ca.key`, …, `sa.key`, `sa.pub`); the data of Secret `pki`. PEM. */
export type Pki = Readonly<Record<string, string>>;

export interface PkiOptions {
  /** Milliseconds since 1970. */
  now: number;
  /** Names and addresses that the API server answers to; see `apiServerNames`. */
  serverNames: readonly string[];
}

/** What was issued again, and why. */
export interface Renewal {
  pki: Pki;
  renewed: Readonly<Partial<Record<LeafName, RenewalReason>>>;
}

/** The part that everything else hangs from is missing or broken: leaves cannot be renewed, only a new PKI helps. */
export class PkiDamagedError extends Error {
  /** File names without their contents. */
  readonly files: readonly string[];

  constructor(files: readonly string[]) {
    super(`PKI is damaged: ${files.join(", ")}`);
    this.name = "PkiDamagedError";
    this.files = files;
  }
}

interface LeafDefinition extends LeafRequest {
  authority: Authority;
}

function leaves(serverNames: readonly string[]): Record<LeafName, LeafDefinition> {
  return {
    apiserver: { authority: "ca", commonName: "kube-apiserver", usages: ["server"], names: serverNames },
    // The syncer's kubelet endpoint knows the API server by this name.
    "apiserver-kubelet-client": { authority: "ca", commonName: "kube-apiserver-kubelet-client", usages: ["client"] },
    "front-proxy-client": { authority: "front-proxy-ca", commonName: "front-proxy-client", usages: ["client"] },
    admin: { authority: "ca", commonName: "inkube:admin", organizations: ["system:masters"], usages: ["client"] },
    syncer: { authority: "ca", commonName: "inkube:syncer", organizations: ["system:masters"], usages: ["client"] },
    "controller-manager": { authority: "ca", commonName: "system:kube-controller-manager", usages: ["client"] },
  };
}

/** Makes the whole PKI of a nested cluster: two authorities, every leaf, and the ServiceAccount signing key. */
export async function createPki(options: PkiOptions): Promise<Pki> {
  const authorityLifetime = { now: options.now, lifetimeMs: authorityLifetimeMs };
  const [ca, frontProxyCa, serviceAccount] = await Promise.all([
    issueAuthority("kubernetes", authorityLifetime),
    issueAuthority("kubernetes-front-proxy", authorityLifetime),
    issueSigningKey(),
  ]);
  const roots = {
    ...files("ca", ca),
    ...files("front-proxy-ca", frontProxyCa),
    "sa.key": serviceAccount.privateKey,
    "sa.pub": serviceAccount.publicKey,
  };
  return (await renewLeaves(roots, options)).pki;
}

/**
 * Issues again every leaf that is missing, unreadable, past two thirds of its life, or lacks a wanted name; all else stays
 * byte for byte. Returns the same object when nothing was due. Throws {@link PkiDamagedError} when an authority or the
 * signing key is gone.
 */
export async function renewLeaves(pki: Pki, options: PkiOptions): Promise<Renewal> {
  const damaged = damagedRoots(pki);
  if (damaged.length > 0) throw new PkiDamagedError(damaged);
  const renewed: Partial<Record<LeafName, RenewalReason>> = {};
  const changed: Record<string, string>[] = [];
  await Promise.all(
    Object.entries(leaves(options.serverNames)).map(async ([name, definition]) => {
      const authority = pair(pki, definition.authority) as KeyPair;
      const names = definition.names ?? [];
      const reason = renewalReason(pair(pki, name), { authority: authority.certificate, names, now: options.now });
      if (!reason) return;
      renewed[name as LeafName] = reason;
      const lifetime = { now: options.now, lifetimeMs: leafLifetimeMs };
      changed.push(files(name, await issueLeaf(authority, definition, lifetime)));
    }),
  );
  return changed.length === 0 ? { pki, renewed } : { pki: Object.assign({}, pki, ...changed), renewed };
}

function damagedRoots(pki: Pki): string[] {
  const damaged = (["ca", "front-proxy-ca"] as const).filter((name) => !isUsableAuthority(pair(pki, name)));
  const missing = ["sa.key", "sa.pub"].filter((file) => !pki[file]);
  return [...damaged, ...missing];
}

function pair(pki: Pki, name: string): Partial<KeyPair> {
  return { certificate: pki[`${name}.crt`] ?? "", key: pki[`${name}.key`] ?? "" };
}

function files(name: string, issued: KeyPair): Record<string, string> {
  return { [`${name}.crt`]: issued.certificate, [`${name}.key`]: issued.key };
}
