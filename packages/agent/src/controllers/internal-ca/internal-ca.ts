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

export function createInternalCaKeeper(options: InternalCaOptions): InternalCa {
  return new InternalCaKeeper(options);
}

class InternalCaKeeper implements InternalCa {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #held: { pair: KeyPair; until: number } | undefined;

  constructor({ client, clock, logger }: InternalCaOptions) {
    this.#client = client;
    this.#clock = clock;
    this.#logger = logger;
  }

  async authority(signal?: AbortSignal): Promise<KeyPair> {
    if (this.#held && this.#clock.now() < this.#held.until) return this.#held.pair;
    const pair = await this.#readOrCreate(signal);
    this.#held = { pair, until: this.#clock.now() + rememberMs };
    return pair;
  }

  async syncerClusterIP(signal?: AbortSignal): Promise<string> {
    const ref = { namespace, name: names.syncerService };
    const service = await this.#client.get(resources.services, ref, signal && { signal });
    const address = (service?.spec as { clusterIP?: string } | undefined)?.clusterIP;
    if (address && address !== "None") return address;
    throw new AppError("HOST_UNSUITABLE", `The Service ${namespace}/${names.syncerService} has no ClusterIP.`, {
      todo: "Install the manifests of this version.",
    });
  }

  async ensureServing(signal?: AbortSignal): Promise<void> {
    const [authority, address] = await Promise.all([this.authority(signal), this.syncerClusterIP(signal)]);
    const wanted = { authority, names: syncerNames(address), now: this.#clock.now() };
    const reason = servingDue(await this.#secret(names.syncerTlsSecret, signal), wanted);
    if (!reason) return;
    const serving = await issueSyncerServing(authority, wanted);
    const object = tlsSecret(names.syncerTlsSecret, {
      "tls.crt": serving.certificate,
      "tls.key": serving.key,
      "ca.crt": authority.certificate,
    });
    const options = { fieldManager: fieldManagers.agent, force: true, ...(signal && { signal }) };
    await this.#client.apply(resources.secrets, object, options);
    this.#logger.info({ secret: names.syncerTlsSecret, reason }, "Issued certificate of the syncer");
  }

  forget(): void {
    this.#held = undefined;
  }

  async #readOrCreate(signal?: AbortSignal): Promise<KeyPair> {
    const existing = await this.#secret(names.internalCaSecret, signal);
    const found = existing && keyPairOf(existing);
    if (found && isUsableAuthority(found)) return found;
    const pair = await createInternalCa(this.#clock.now());
    const object = tlsSecret(names.internalCaSecret, { "tls.crt": pair.certificate, "tls.key": pair.key });
    const options = { fieldManager: fieldManagers.agent, ...(signal && { signal }) };
    // Created, never applied: of two agents that start together one must fail and read what the other made.
    if (existing) await this.#client.apply(resources.secrets, object, { ...options, force: true });
    else await this.#client.create(resources.secrets, object, options);
    this.#logger.info({ secret: names.internalCaSecret }, "Created internal authority");
    return pair;
  }

  #secret(name: string, signal: AbortSignal | undefined): Promise<KubeObject | undefined> {
    return this.#client.get(resources.secrets, { namespace, name }, signal && { signal });
  }
}

/** Why the syncer needs another certificate; undefined while the one it has will do. */
function servingDue(
  existing: KubeObject | undefined,
  { authority, names, now }: { authority: KeyPair; names: readonly string[]; now: number },
): string | undefined {
  const reason = renewalReason(existing ? keyPairOf(existing) : {}, { authority: authority.certificate, names, now });
  if (reason) return reason;
  return existing && secretData(existing)["ca.crt"] === authority.certificate ? undefined : "ca.crt";
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
