import { fieldManagers, newToken } from "@inkube/api";
import { type Client, type Clock, resources } from "@inkube/kube";
import { type Credential, toSecret } from "./credential.ts";
import { keepNewest } from "./keep-newest.ts";

export type NewCredential = Pick<Credential, "kind" | "subject" | "name"> &
  Partial<Pick<Credential, "groups" | "description" | "expiresAt" | "mark">>;

export interface IssueDependencies {
  client: Client;
  clock: Clock;
}

/** Makes a credential; the token is told this once. Of those with the same mark only the last counts: see {@link keepNewest}. */
export async function issueCredential(
  dependencies: IssueDependencies,
  wanted: NewCredential,
): Promise<{ credential: Credential; token: string }> {
  const { id, hash, token } = newToken(wanted.kind);
  return { credential: await registerCredential(dependencies, { ...wanted, id, hash }), token };
}

/** Keeps the hash of a secret that somebody else made. */
export async function registerCredential(
  { client, clock }: IssueDependencies,
  wanted: NewCredential & { id: string; hash: string },
): Promise<Credential> {
  const createdAt = new Date(clock.now()).toISOString();
  const credential: Credential = { groups: [], description: "", ...wanted, createdAt };
  const secret = await client.create(resources.secrets, toSecret(credential), { fieldManager: fieldManagers.hub });
  if (credential.mark !== undefined) await keepNewest(client, secret, credential.mark);
  return credential;
}
