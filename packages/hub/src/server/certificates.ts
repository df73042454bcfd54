import { AppError, fieldManagers, labels, managedBy, names } from "@inkube/api";
import { createAuthority, issueServing, type KeyPair, renewalReason } from "@inkube/controlplane";
import { type Client, type Clock, isKubeError, type KubeObject, type Logger, resources } from "@inkube/kube";

const namespace = names.systemNamespace;

/** What the hub serves with. */
export interface ServingCertificate extends KeyPair {
  /** The hub's own authority; absent when the certificate was given, so that only its owner knows who trusts it. */
  ca?: string;
}

export interface CertificateOptions {
  client: Client;
  clock: Clock;
  logger: Logger;
  /** Names and addresses by which the hub is reached. */
  hostNames: readonly string[];
}

const mostAttempts = 5;

/**
 * The certificate of the Secret `hub-tls`. One that somebody else put there is used as it is; otherwise the hub signs its own and
 * keeps it fresh. Of several replicas that start at once one makes it and the others read it.
 */
export async function ensureServingCertificate(options: CertificateOptions): Promise<ServingCertificate> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const found = await readOrIssue(options);
    if (found) return found;
  }
  const message = `The Secret ${namespace}/${names.hubTlsSecret} is there, but without a certificate`;
  const todo = "Put tls.crt and tls.key into it, or delete it: the hub makes one then.";
  throw new AppError("KUBE_CONFLICT", message, { todo });
}

/** Undefined when another replica wrote it in between. */
async function readOrIssue(options: CertificateOptions): Promise<ServingCertificate | undefined> {
  const { client, clock, logger, hostNames } = options;
  const given = await read(client, names.hubTlsSecret);
  if (given && given.object.metadata.labels?.[labels.managedBy] !== managedBy.hub) return given.pair;
  const authority = await ensureAuthority(client, clock);
  const now = clock.now();
  const wanted = { authority: authority.certificate, names: hostNames, now };
  const reason = renewalReason(given?.pair ?? {}, wanted);
  if (given && !reason) return { ...given.pair, ca: authority.certificate };
  const pair = await issueServing(authority, { commonName: names.hub, names: hostNames, now });
  const fresh = tlsSecret(names.hubTlsSecret, pair);
  const metadata = { ...given?.object.metadata, ...fresh.metadata };
  const written = { fieldManager: fieldManagers.hub };
  try {
    if (given) await client.replace(resources.secrets, { ...fresh, metadata }, written);
    else await client.create(resources.secrets, fresh, written);
  } catch (error) {
    if (isKubeError(error, "alreadyExists", "conflict")) return undefined;
    throw error;
  }
  logger.info({ secret: names.hubTlsSecret, reason }, "Issued the hub's certificate");
  return { ...pair, ca: authority.certificate };
}

async function ensureAuthority(client: Client, clock: Clock): Promise<KeyPair> {
  const found = await read(client, names.hubCaSecret);
  if (found) return found.pair;
  const pair = await createAuthority("inkube-hub-authority", clock.now());
  try {
    await client.create(resources.secrets, tlsSecret(names.hubCaSecret, pair), { fieldManager: fieldManagers.hub });
    return pair;
  } catch (error) {
    if (!isKubeError(error, "alreadyExists")) throw error;
    const others = await read(client, names.hubCaSecret);
    if (!others) throw error;
    return others.pair;
  }
}

async function read(client: Client, name: string): Promise<{ object: KubeObject; pair: KeyPair } | undefined> {
  const object = await client.get(resources.secrets, { namespace, name });
  const data = (object?.data ?? {}) as Record<string, string>;
  const file = (key: string): string => Buffer.from(data[key] ?? "", "base64").toString("utf8");
  const pair = { certificate: file("tls.crt"), key: file("tls.key") };
  return object && pair.certificate && pair.key ? { object, pair } : undefined;
}

function tlsSecret(name: string, { certificate, key }: KeyPair): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace, labels: { [labels.managedBy]: managedBy.hub } },
    type: "kubernetes.io/tls",
    stringData: { "tls.crt": certificate, "tls.key": key },
  };
}
