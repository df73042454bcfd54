import { names } from "@inkube/api";
import { resources } from "@inkube/kube";
import { administrators, firstAdministrator } from "../auth/principal.ts";
import { refusalOf } from "../credentials/credential.ts";
import type { CredentialStore } from "../credentials/credential-store.ts";
import { type IssueDependencies, issueCredential } from "../credentials/issue-credential.ts";

/** A one-time token that is exchanged for an API key of an administrator, who may do everything. */
export async function issueFirstAdministrator(dependencies: IssueDependencies): Promise<string> {
  const { token } = await issueCredential(dependencies, {
    kind: "first-admin",
    subject: firstAdministrator,
    groups: [administrators],
    name: "first administrator",
  });
  return token;
}

/** True while somebody has, or can still get, an administrator's key in this way. */
export function hasFirstAdministrator(credentials: Pick<CredentialStore, "list">, now: number): boolean {
  const hasKey = credentials.list("api-key", firstAdministrator).some((key) => refusalOf(key, now) === undefined);
  return hasKey || credentials.list("first-admin").some(({ usedFor }) => usedFor === undefined);
}

/**
 * The way in for whoever may write Secrets beside the hub, and so is its master anyway: the token that waits for the first
 * administrator, or a new one, for when all keys are lost.
 */
export async function administratorToken(dependencies: IssueDependencies, signal: AbortSignal): Promise<string> {
  const ref = { namespace: names.systemNamespace, name: names.firstAdminSecret };
  const secret = await dependencies.client.get(resources.secrets, ref, { signal });
  const encoded = (secret?.data as Record<string, string> | undefined)?.token;
  return encoded ? Buffer.from(encoded, "base64").toString("utf8") : issueFirstAdministrator(dependencies);
}
