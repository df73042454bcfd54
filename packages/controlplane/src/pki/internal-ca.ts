import { issueAuthority, issueLeaf, type KeyPair, type Lifetime } from "./certificate.ts";
import { authorityLifetimeMs, leafLifetimeMs } from "./pki.ts";

/** The authority behind the tunnel between nested API servers and the syncer; one per host. */
export function createInternalCa(now: number): Promise<KeyPair> {
  return issueAuthority("inkube-internal", { now, lifetimeMs: authorityLifetimeMs });
}

/** What the syncer answers to, besides its Service's ClusterIP. */
export function syncerNames(clusterIP?: string): string[] {
  const service = "inkube-syncer.inkube-system";
  const names = ["inkube-syncer", service, `${service}.svc`, `${service}.svc.cluster.local`, "localhost", "127.0.0.1"];
  return clusterIP ? [...names, clusterIP] : names;
}

/** Serving certificate of the syncer's tunnel. */
export function issueSyncerServing(
  authority: KeyPair,
  options: { names: readonly string[]; now: number },
): Promise<KeyPair> {
  return issueLeaf(
    authority,
    { commonName: "inkube-syncer", usages: ["server"], names: options.names },
    leaf(options.now),
  );
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
