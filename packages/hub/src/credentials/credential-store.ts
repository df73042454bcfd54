import { AppError, type CredentialKind, fieldManagers, hashOf, isHashOf, labels, parseToken } from "@inkube/api";
import {
  type Client,
  type Clock,
  createWatchCache,
  isHeld,
  isKubeError,
  type KubeObject,
  type Logger,
  resources,
  type WatchCache,
} from "@inkube/kube";
import { createRateLimit, type RateLimit } from "../limits/rate-limit.ts";
import {
  type Credential,
  credentialNamespace,
  credentialSecretName,
  fromSecret,
  refusalOf,
  toSecret,
} from "./credential.ts";
import { issueCredential, type NewCredential, registerCredential } from "./issue-credential.ts";
import { whenCopied } from "./when-copied.ts";

export interface CredentialStoreOptions {
  client: Client;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** Outcome of showing a token: whose it is, or why it does not count. */
export type Verdict = { ok: true; credential: Credential } | { ok: false; why: "unknown" | "expired" | "revoked" };

/**
 * Credentials of people, hosts and imports. Kept as Secrets of the hub's namespace, watched by every replica: one that is
 * revoked anywhere stops counting everywhere as soon as the watch says so. What was written through a replica is seen there at
 * once.
 */
export interface CredentialStore {
  start(): void;
  stop(): Promise<void>;
  readonly synced: boolean;
  whenSynced(signal?: AbortSignal): Promise<void>;
  /** Makes one; the token is told this once. */
  issue(credential: NewCredential): Promise<{ credential: Credential; token: string }>;
  /** Registers the hash of a secret that somebody else made; for hosts, so that their secret never travels. */
  register(credential: NewCredential & { id: string; hash: string }): Promise<Credential>;
  /** Throws AppError KUBE_THROTTLED for one that this replica has not seen, while too many of that kind are shown. */
  verify(token: string, kinds: readonly CredentialKind[]): Promise<Verdict>;
  list(kind: CredentialKind, subject?: string): Credential[];
  get(id: string): Credential | undefined;
  /** Marks it revoked; it stays listed. False when there is none. */
  revoke(id: string): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  /** Removes those of a subject, also one that was made a moment ago, except the one with this id. */
  removeAll(kind: CredentialKind, subject: string, except?: string): Promise<void>;
  /** Spends a one-time credential on something: true when it was free, or spent on the very same before. */
  spend(id: string, purpose: string): Promise<boolean>;
  /** True once it does not count any more, as far as this replica knows: for what takes longer than to look at a token. */
  hasEnded(credential: Credential): boolean;
  /** Aborted as soon as the credential does not count any more: revoked, removed, or at its end. */
  lifeOf(credential: Credential): { signal: AbortSignal; release(): void };
}

/** Remembered only because a request may be on its way while its credential ends. */
const mostEnded = 10_000;

export function createCredentialStore(options: CredentialStoreOptions): CredentialStore {
  return new SecretStore(options);
}

class SecretStore implements CredentialStore {
  readonly #options: CredentialStoreOptions;
  readonly #cache: WatchCache;
  readonly #lives = new Map<string, Set<AbortController>>();
  /** Names of those that ended; names never come again. */
  readonly #ended = new Set<string>();
  readonly #lookUps: RateLimit;

  constructor(options: CredentialStoreOptions) {
    this.#options = options;
    const { clock } = options;
    this.#lookUps = createRateLimit({ clock, burst: 200, perSecond: 20, tooMany: "Too many unknown credentials" });
    this.#cache = createWatchCache({
      ...options,
      type: resources.secrets,
      namespace: credentialNamespace,
      labelSelector: labels.credential,
    });
    this.#cache.onChange((change) => {
      const object = change.type === "deleted" ? undefined : fromSecret(change.object);
      const name = change.type === "deleted" ? change.previous.metadata.name : change.object.metadata.name;
      if (!object || refusalOf(object, options.clock.now())) this.#end(name);
    });
  }

  get synced(): boolean {
    return this.#cache.synced;
  }

  start(): void {
    this.#cache.start();
  }

  async stop(): Promise<void> {
    for (const name of this.#lives.keys()) this.#end(name);
    await this.#cache.stop();
  }

  whenSynced(signal?: AbortSignal): Promise<void> {
    return this.#cache.whenSynced(signal);
  }

  async issue(wanted: NewCredential): Promise<{ credential: Credential; token: string }> {
    const issued = await issueCredential(this.#options, wanted);
    await this.#copied(() => this.get(issued.credential.id) !== undefined);
    return issued;
  }

  async register(wanted: NewCredential & { id: string; hash: string }): Promise<Credential> {
    const registered = await registerCredential(this.#options, wanted);
    await this.#copied(() => this.get(wanted.id) !== undefined);
    return registered;
  }

  async verify(token: string, kinds: readonly CredentialKind[]): Promise<Verdict> {
    const parsed = parseToken(token);
    if (!parsed || !kinds.includes(parsed.kind)) return { ok: false, why: "unknown" };
    const credential = this.#known(parsed.id) ?? (await this.#live(parsed.id));
    if (!credential || credential.kind !== parsed.kind || !isHashOf(parsed.secret, credential.hash)) {
      return { ok: false, why: "unknown" };
    }
    const why = refusalOf(credential, this.#options.clock.now());
    return why ? { ok: false, why } : { ok: true, credential };
  }

  list(kind: CredentialKind, subject?: string): Credential[] {
    return [...this.#cache.list()]
      .flatMap((secret) => fromSecret(secret) ?? [])
      .filter((one) => one.kind === kind && (subject === undefined || one.subject === subject))
      .sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
  }

  get(id: string): Credential | undefined {
    const secret = this.#cache.get(credentialSecretName(id), credentialNamespace);
    return secret && fromSecret(secret);
  }

  revoke(id: string): Promise<boolean> {
    const revokedAt = new Date(this.#options.clock.now()).toISOString();
    return this.#change(id, (credential) => ({ ...credential, revokedAt: credential.revokedAt ?? revokedAt }));
  }

  async remove(id: string): Promise<boolean> {
    this.#end(credentialSecretName(id));
    const ref = { namespace: credentialNamespace, name: credentialSecretName(id) };
    const wasThere = await this.#options.client.delete(resources.secrets, ref);
    await this.#copied(() => this.get(id) === undefined);
    return wasThere;
  }

  async removeAll(kind: CredentialKind, subject: string, except?: string): Promise<void> {
    const where = { namespace: credentialNamespace, labelSelector: `${labels.credential}=${kind}` };
    const { items } = await this.#options.client.list(resources.secrets, where);
    for (const one of items.flatMap((secret) => fromSecret(secret) ?? [])) {
      if (one.subject === subject && one.id !== except) await this.remove(one.id);
    }
  }

  async spend(id: string, purpose: string): Promise<boolean> {
    const usedFor = hashOf(purpose);
    let granted = false;
    await this.#change(id, (credential) => {
      granted = credential.usedFor === undefined || credential.usedFor === usedFor;
      return granted ? { ...credential, usedFor } : credential;
    });
    return granted;
  }

  hasEnded(credential: Credential): boolean {
    const ended = this.#ended.has(credentialSecretName(credential.id));
    return ended || refusalOf(credential, this.#options.clock.now()) !== undefined;
  }

  lifeOf(credential: Credential): { signal: AbortSignal; release(): void } {
    const name = credentialSecretName(credential.id);
    const life = new AbortController();
    const lives = this.#lives.get(name) ?? new Set();
    this.#lives.set(name, lives.add(life));
    const release = (): void => {
      lives.delete(life);
      if (lives.size === 0 && this.#lives.get(name) === lives) this.#lives.delete(name);
      ending.abort();
    };
    const ending = new AbortController();
    if (this.hasEnded(credential)) life.abort();
    if (credential.expiresAt !== undefined) void this.#endAt(Date.parse(credential.expiresAt), life, ending.signal);
    return { signal: life.signal, release };
  }

  async #endAt(time: number, life: AbortController, released: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    // Timers hold no more than 24 days; looking each hour costs nothing.
    while (!released.aborted && !life.signal.aborted && clock.now() < time) {
      await clock.sleep(Math.min(time - clock.now(), 3_600_000), released).catch(() => undefined);
    }
    if (!released.aborted) life.abort();
  }

  #end(name: string): void {
    for (const life of this.#lives.get(name) ?? []) life.abort();
    this.#lives.delete(name);
    this.#ended.add(name);
    const [oldest] = this.#ended;
    if (this.#ended.size > mostEnded && oldest !== undefined) this.#ended.delete(oldest);
  }

  /** Not one that was ended here a moment ago, which the copy may not know yet. */
  #known(id: string): Credential | undefined {
    const credential = this.get(id);
    if (!credential || !this.#ended.has(credentialSecretName(id))) return credential;
    return refusalOf(credential, this.#options.clock.now()) ? credential : undefined;
  }

  /** One that another replica made a moment ago is not in the copy yet. Tokens that are made up cannot keep the API server busy. */
  async #live(id: string): Promise<Credential | undefined> {
    this.#lookUps.take("all");
    const secret = await this.#secret(id);
    return secret && fromSecret(secret);
  }

  #copied(isShown: () => boolean): Promise<void> {
    return whenCopied(this.#cache, this.#options.clock, isShown);
  }

  #holds({ metadata }: KubeObject): boolean {
    const held = this.#cache.get(metadata.name, credentialNamespace)?.metadata.resourceVersion;
    return held === undefined || isHeld(metadata.resourceVersion ?? "", held);
  }

  #secret(id: string): Promise<KubeObject | undefined> {
    const ref = { namespace: credentialNamespace, name: credentialSecretName(id) };
    return this.#options.client.get(resources.secrets, ref);
  }

  async #change(id: string, change: (credential: Credential) => Credential): Promise<boolean> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const secret = await this.#secret(id);
      const credential = secret && fromSecret(secret);
      if (!secret || !credential) return false;
      const next = change(credential);
      if (next === credential) return true;
      const { resourceVersion } = secret.metadata;
      const object = toSecret(next);
      const versioned = { ...object, metadata: { ...object.metadata, ...(resourceVersion && { resourceVersion }) } };
      try {
        const replaced = await this.#options.client.replace(resources.secrets, versioned, {
          fieldManager: fieldManagers.hub,
        });
        if (refusalOf(next, this.#options.clock.now())) this.#end(credentialSecretName(id));
        await this.#copied(() => this.#holds(replaced));
        return true;
      } catch (error) {
        if (!isKubeError(error, "conflict")) throw error;
      }
    }
    throw new AppError("KUBE_CONFLICT", "The credential is being changed by somebody else", { todo: "Try again." });
  }
}
