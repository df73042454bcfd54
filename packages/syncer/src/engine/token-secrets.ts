import { annotations, tokensSecretName } from "@inkube/api";
import { type Client, isKubeError, type KubeObject, resources } from "@inkube/kube";
import type { TokenClaim } from "../kinds/kind.ts";
import { contentHash } from "./applied-hash.ts";
import { assertComplete, type ClusterState } from "./cluster-state.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { ownedLabels, ownerOf } from "./ownership.ts";

/** Value of `inkube.dev/kind` on token Secrets: they are nobody's copy, they belong to a pod. */
export const tokensKind = "PodTokens";
const claimsHash = "inkube.dev/token-claims";
const renewAt = "inkube.dev/renew-at";
/** Tokens are renewed when this much of their life is over. */
const renewAfter = 0.8;
/** A Secret whose content is about to be needed is never left for less than this. Milliseconds. */
const soonestMs = 1_000;

/**
 * Keeps the service account tokens of pods: requested at the nested API with the audience and lifetime that the pod asked
 * for, bound to the pod, in one Secret a pod on the host, renewed at 80 % of their life.
 */
export class TokenSecrets {
  readonly #nested: Client;
  readonly #lock = new KeyedLock();

  constructor(nested: Client) {
    this.#nested = nested;
  }

  /**
   * Makes the pod's token Secret good. Resolves when the tokens are issued and the Secret is on its way, so that the pod may be
   * sent right behind it; `written` resolves to the milliseconds until it must be renewed, undefined when there is none.
   */
  async begin(
    state: ClusterState,
    pod: KubeObject,
    claims: TokenClaim[],
    signal: AbortSignal,
  ): Promise<{ written: Promise<number | undefined> }> {
    if (claims.length === 0) return { written: Promise.resolve(undefined) };
    const name = secretNameOf(state, pod.metadata.name, pod.metadata.namespace ?? "");
    const issued = Promise.withResolvers<void>();
    const written = this.#lock.run(name, async () => {
      const present = state.host("secrets").get(name, state.identity.hostNamespace);
      const dueMs = present ? dueIn(state, present, pod, claims) : 0;
      if (dueMs > 0) return dueMs;
      const wanted = await this.#issue(state, pod, claims, signal);
      const writing = write(state, { ...wanted, metadata: { ...wanted.metadata, name } }, present, signal);
      issued.resolve();
      return Math.max(soonestMs, dueIn(state, await writing, pod, claims));
    });
    await Promise.race([issued.promise, written]);
    return { written };
  }

  /**
   * Deletes the token Secret of a pod that is gone. `goneUid` is the pod that the host's API server confirmed to be gone: what was
   * made for it serves nobody. Without it the nested API server has the last word.
   */
  async collect(
    state: ClusterState,
    pod: { name: string; namespace: string },
    goneUid: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const name = secretNameOf(state, pod.name, pod.namespace);
    const secrets = state.host("secrets");
    if (!secrets.get(name, state.identity.hostNamespace)) return;
    await this.#lock.run(name, async () => {
      const present = secrets.get(name, state.identity.hostNamespace);
      const owner = present && tokenOwner(state, present);
      if (!owner || secrets.ledger.isDeleting(present)) return;
      assertComplete(state);
      if (owner.uid !== goneUid) {
        const inside = await state.nested("pods").live(pod.name, pod.namespace, signal);
        if (inside?.metadata.uid === owner.uid) return;
        assertComplete(state);
      }
      await secrets.delete(present, undefined, signal);
    });
  }

  async #issue(state: ClusterState, pod: KubeObject, claims: TokenClaim[], signal: AbortSignal): Promise<KubeObject> {
    const issued = await Promise.all(claims.map((claim) => this.#request(pod, claim, signal)));
    const now = state.clock.now();
    const lives = issued.map(({ expiresAt }) => (expiresAt - now) * renewAfter);
    return {
      metadata: {
        name: "",
        namespace: state.identity.hostNamespace,
        labels: ownedLabels(state.identity, pod.metadata.namespace ?? ""),
        annotations: {
          [annotations.name]: pod.metadata.name,
          [annotations.namespace]: pod.metadata.namespace ?? "",
          [annotations.uid]: pod.metadata.uid ?? "",
          [annotations.kind]: tokensKind,
          [claimsHash]: contentHash(claims),
          [renewAt]: new Date(now + Math.min(...lives)).toISOString(),
        },
      },
      type: "Opaque",
      data: Object.fromEntries(issued.map(({ key, token }) => [key, Buffer.from(token).toString("base64")])),
    };
  }

  async #request(pod: KubeObject, claim: TokenClaim, signal: AbortSignal) {
    const { serviceAccountName = "default" } = (pod.spec ?? {}) as { serviceAccountName?: string };
    const namespace = pod.metadata.namespace ?? "default";
    const body: KubeObject = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      metadata: { name: serviceAccountName, namespace },
      spec: {
        audiences: claim.audiences,
        expirationSeconds: claim.expirationSeconds,
        boundObjectRef: { apiVersion: "v1", kind: "Pod", name: pod.metadata.name, uid: pod.metadata.uid },
      },
    };
    const ref = { name: serviceAccountName, namespace };
    const answer = await this.#nested.createSubresource(resources.serviceaccounts, ref, "token", body, { signal });
    const { token, expirationTimestamp } = answer.status as { token: string; expirationTimestamp: string };
    return { key: claim.key, token, expiresAt: Date.parse(expirationTimestamp) };
  }
}

/** A new Secret is created, which is the cheaper request; one that is there, seen or not, is applied. */
async function write(
  state: ClusterState,
  wanted: KubeObject,
  present: KubeObject | undefined,
  signal: AbortSignal,
): Promise<KubeObject> {
  const secrets = state.host("secrets");
  if (present) return await secrets.apply(wanted, { signal });
  try {
    return await secrets.create(wanted, signal);
  } catch (error) {
    if (!isKubeError(error, "alreadyExists")) throw error;
    return await secrets.apply(wanted, { signal });
  }
}

/** The pod that a token Secret of this cluster belongs to; undefined for any other Secret. */
export function tokenOwner(state: Pick<ClusterState, "identity" | "context">, secret: KubeObject) {
  return ownerOf(secret, state.identity, tokensKind, (name, namespace) => secretNameOf(state, name, namespace));
}

function secretNameOf(state: Pick<ClusterState, "context">, name: string, namespace: string): string {
  return tokensSecretName(state.context.hostName(name, namespace));
}

/** Milliseconds until the Secret must be written again; 0 or less when it does not serve this pod. */
function dueIn(state: ClusterState, secret: KubeObject, pod: KubeObject, claims: TokenClaim[]): number {
  const told = secret.metadata.annotations ?? {};
  if (secret.metadata.deletionTimestamp || state.host("secrets").ledger.isDeleting(secret)) return 0;
  if (tokenOwner(state, secret)?.uid !== pod.metadata.uid || told[claimsHash] !== contentHash(claims)) return 0;
  const at = Date.parse(told[renewAt] ?? "");
  return Number.isNaN(at) ? 0 : at - state.clock.now();
}
