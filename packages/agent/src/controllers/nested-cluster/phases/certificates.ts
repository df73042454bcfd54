import { names } from "@inkube/api";
import {
  type ControlPlaneInput,
  createPki,
  dedicatedSyncerNames,
  issueEgressClient,
  issueSyncerServing,
  type KeyPair,
  type Pki,
  PkiDamagedError,
  renewalReason,
  renewLeaves,
} from "@inkube/controlplane";
import { type Client, type Clock, type KubeObject, resources, type WatchCache } from "@inkube/kube";
import { keyPairOf, secretData } from "../../../objects/secret-data.ts";
import type { LostSecrets } from "../lost-secrets.ts";
import type { Scope } from "../scope.ts";

export interface CertificateDependencies {
  client: Client;
  clock: Clock;
  secrets: WatchCache;
  lost: LostSecrets;
}

/** Everything that is issued for one nested cluster. */
export interface Certificates {
  pki: Pki;
  egress: KeyPair;
  syncerTls?: KeyPair;
}

/**
 * The nested cluster's certificates: kept as they are while they are good, leaves renewed when due. A Secret that was deleted
 * while this program watched is put back as it was. Only when that is not possible, or an authority is broken, is a new
 * PKI made; every token and kubeconfig of the cluster is invalid then.
 */
export async function ensureCertificates(
  dependencies: CertificateDependencies,
  scope: Scope,
  input: ControlPlaneInput,
  issue: { serverNames: readonly string[]; internalCa: KeyPair },
): Promise<Certificates> {
  const { client, clock, secrets } = dependencies;
  const { hostNamespace } = input.cluster;
  const find = async (name: string): Promise<KubeObject | undefined> =>
    secrets.get(name, hostNamespace) ??
    // The cache may be behind, and a second PKI over the first would lock everybody out.
    (await client.get(resources.secrets, { namespace: hostNamespace, name }, { signal: scope.signal }));
  const [pkiSecret, egressSecret] = await Promise.all([find(names.pkiSecret), find(names.egressSecret)]);
  const now = clock.now();
  const [pki, egress, syncerTls] = await Promise.all([
    currentPki(dependencies, scope, pkiSecret, issue.serverNames),
    keep(egressSecret, issue.internalCa, [], now, () => issueEgressClient(issue.internalCa, { hostNamespace, now })),
    input.spec.syncer === "dedicated" ? dedicatedServing(find, issue.internalCa, now) : undefined,
  ]);
  return { pki, egress, ...(syncerTls && { syncerTls }) };
}

async function currentPki(
  { clock, lost }: CertificateDependencies,
  scope: Scope,
  secret: KubeObject | undefined,
  serverNames: readonly string[],
): Promise<Pki> {
  const options = { now: clock.now(), serverNames };
  const found = secret ?? lost.take(scope.identity.hostNamespace, names.pkiSecret);
  if (!found) return createPki(options);
  if (!secret) scope.logger.warn({}, "Restored deleted Secret pki");
  try {
    const { pki, renewed } = await renewLeaves(certificatesOf(found), options);
    if (Object.keys(renewed).length > 0) scope.logger.info({ renewed }, "Renewed certificates");
    return pki;
  } catch (error) {
    if (!(error instanceof PkiDamagedError)) throw error;
    scope.logger.error(
      { files: error.files },
      "Replaced a damaged PKI: tokens and kubeconfigs of the cluster are invalid",
    );
    return createPki(options);
  }
}

/** Configuration files live in the same Secret; they are rendered anew. */
function certificatesOf(secret: KubeObject): Pki {
  return Object.fromEntries(Object.entries(secretData(secret)).filter(([file]) => /\.(crt|key|pub)$/.test(file)));
}

function dedicatedServing(
  find: (name: string) => Promise<KubeObject | undefined>,
  authority: KeyPair,
  now: number,
): Promise<KeyPair> {
  const wanted = dedicatedSyncerNames();
  return find(names.syncerTlsSecret).then((secret) =>
    keep(secret, authority, wanted, now, () => issueSyncerServing(authority, { names: wanted, now })),
  );
}

async function keep(
  secret: KubeObject | undefined,
  authority: KeyPair,
  wantedNames: readonly string[],
  now: number,
  issue: () => Promise<KeyPair>,
): Promise<KeyPair> {
  const pair = secret ? keyPairOf(secret) : {};
  const reason = renewalReason(pair, { authority: authority.certificate, names: wantedNames, now });
  return reason ? issue() : (pair as KeyPair);
}
