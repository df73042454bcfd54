import { issueAuthority, issueLeaf, type KeyPair, type Lifetime } from "./certificate.ts";
import { authorityLifetimeMs, leafLifetimeMs } from "./pki.ts";

/** The authority behind the tunnel between nested API servers and the syncer; one per host. */
export function createInternalCa(now: number): Promise<KeyPair> {
  return createAuthority("inkube-internal", now);
}

/** An authority of one of Inkube's own programs. */
export function createAuthority(commonName: string, now: number): Promise<KeyPair> {
  return issueAuthority(commonName, { now, lifetimeMs: authorityLifetimeMs });
}

/** A certificate to serve with. */
export function issueServing(
  authority: KeyPair,
  { commonName, names, now }: { commonName: string; names: readonly string[]; now: number },
): Promise<KeyPair> {
  return issueLeaf(authority, { commonName, usages: ["server"], names }, leaf(now));
}

/** The syncer's name inside nested clusters, by which nested API servers verify it when they call admission. */
const admissionName = "inkube-syncer.kube-system.svc";

/** What the shared syncer answers to: its Service on the host, and admission. */
export function syncerNames(clusterIP: string): string[] {
  const service = "inkube-syncer.inkube-system";
  return [service, `${service}.svc`, clusterIP, admissionName, "syncer.inkube.internal"];
}

/** What a syncer inside the control plane's own pod answers to. */
export function dedicatedSyncerNames(): string[] {
  return ["localhost", "127.0.0.1", admissionName, "syncer.inkube.internal"];
}

/** Serving certificate of the syncer's tunnel. */
export function issueSyncerServing(
  authority: KeyPair,
  options: { names: readonly string[]; now: number },
): Promise<KeyPair> {
  return issueServing(authority, { commonName: "inkube-syncer", ...options });
}

/** Client certificate of one nested API server at the tunnel; its CN, the host namespace, is how the syncer knows the cluster. */
export function issueEgressClient(
  authority: KeyPair,
  options: { hostNamespace: string; now: number },
): Promise<KeyPair> {
  return issueLeaf(authority, { commonName: options.hostNamespace, usages: ["client"] }, leaf(options.now));
}

function leaf(now: number): Lifetime {
  return { now, lifetimeMs: leafLifetimeMs };
}
