import { AppError, fieldManagers, labels, managedBy, names } from "@inkube/api";
import {
  createInternalCa,
  issueSyncerServing,
  isUsableAuthority,
  type KeyPair,
  renewalReason,
  syncerNames,
} from "@inkube/controlplane";
import { type Client, type Clock, type KubeObject, type Logger, resources } from "@inkube/kube";
import { keyPairOf, secretData } from "../../objects/secret-data.ts";

export interface InternalCaOptions {
  client: Client;
  clock: Clock;
  logger: Logger;
}

/** The authority of the tunnel: makes it once, hands it to whoever issues, and keeps the syncer's certificate fresh. */
export interface InternalCa {
  /** The authority; made when it is not there. Asks the host at most once a minute. */
  authority(signal?: AbortSignal): Promise<KeyPair>;
  /** Issues `syncer-tls` when it is missing, due, of another authority, or lacks the Service's address. */
  ensureServing(signal?: AbortSignal): Promise<void>;
  /** The ClusterIP of the syncer's Service. Throws AppError when there is none. */
  syncerClusterIP(signal?: AbortSignal): Promise<string>;
  /** Forgets what it remembers: something about it changed. */
  forget(): void;
}

const rememberMs = 60_000;
const namespace = names.systemNamespace;

export function createInternalCaKeeper({ client, clock, logger }: InternalCaOptions): InternalCa {
  let held: { pair: KeyPair; until: number } | undefined;

  const authority = async (signal?: AbortSignal): Promise<KeyPair> => {
    if (held && clock.now() < held.until) return held.pair;
    const pair = await readOrCreate(signal);
    held = { pair, until: clock.now() + rememberMs };
    return pair;
  };

  const readOrCreate = async (signal?: AbortSignal): Promise<KeyPair> => {
    const ref = { namespace, name: names.internalCaSecret };
    const existing = await client.get(resources.secrets, ref, signal && { signal });
    const found = existing && keyPairOf(existing);
    if (found && isUsableAuthority(found)) return found;
    const pair = await createInternalCa(clock.now());
    const object = tlsSecret(names.internalCaSecret, { "tls.crt": pair.certificate, "tls.key": pair.key });
    const options = { fieldManager: fieldManagers.agent, ...(signal && { signal }) };
    // Created, never applied: of two agents that start together one must fail and read what the other made.
    if (existing) await client.apply(resources.secrets, object, { ...options, force: true });
    else await client.create(resources.secrets, object, options);
    logger.info({ secret: names.internalCaSecret }, "Created internal authority");
    return pair;
  };

  const syncerClusterIP = async (signal?: AbortSignal): Promise<string> => {
    const ref = { namespace, name: names.syncerService };
    const service = await client.get(resources.services, ref, signal && { signal });
    const address = (service?.spec as { clusterIP?: string } | undefined)?.clusterIP;
    if (address && address !== "None") return address;
    throw new AppError("HOST_UNSUITABLE", `The Service ${namespace}/${names.syncerService} has no ClusterIP.`, {
      todo: "Install the manifests of this version.",
    });
  };

  return {
    authority,
    syncerClusterIP,
    forget: () => {
      held = undefined;
    },
    async ensureServing(signal) {
      const [pair, address] = await Promise.all([authority(signal), syncerClusterIP(signal)]);
      const wanted = syncerNames(address);
      const ref = { namespace, name: names.syncerTlsSecret };
      const existing = await client.get(resources.secrets, ref, signal && { signal });
      const now = clock.now();
      const reason = renewalReason(existing ? keyPairOf(existing) : {}, {
        authority: pair.certificate,
        names: wanted,
        now,
      });
      const sameAuthority = existing && secretData(existing)["ca.crt"] === pair.certificate;
      if (!reason && sameAuthority) return;
      const serving = await issueSyncerServing(pair, { names: wanted, now });
      const object = tlsSecret(names.syncerTlsSecret, {
        "tls.crt": serving.certificate,
        "tls.key": serving.key,
        "ca.crt": pair.certificate,
      });
      const options = { fieldManager: fieldManagers.agent, force: true, ...(signal && { signal }) };
      await client.apply(resources.secrets, object, options);
      logger.info({ secret: names.syncerTlsSecret, reason: reason ?? "ca.crt" }, "Issued certificate of the syncer");
    },
  };
}

function tlsSecret(name: string, files: Record<string, string>): KubeObject {
  const data = Object.entries(files).map(([file, text]) => [file, Buffer.from(text).toString("base64")]);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace, labels: { [labels.managedBy]: managedBy.agent } },
    type: "kubernetes.io/tls",
    data: Object.fromEntries(data),
  };
}
