import type { CredentialKind } from "@inkube/api";
import { AppError } from "@inkube/api";
import type { FastifyRequest } from "fastify";
import type { Credential } from "../credentials/credential.ts";
import type { CredentialStore } from "../credentials/credential-store.ts";
import { readCookies, sessionCookie } from "./cookies.ts";
import { type Principal, principalOf } from "./principal.ts";
import { refuseForged } from "./same-origin.ts";

const todo = "Sign in with inkube login, or use another API key.";

/**
 * The caller of a request, by `Authorization: Bearer` or the session's cookie. Throws AppError AUTH_REQUIRED that says whether
 * the credential is missing, unknown, expired or revoked; KUBE_FORBIDDEN when a cookie came with what another site may have sent.
 */
export async function authenticate(request: FastifyRequest, credentials: CredentialStore): Promise<Principal> {
  const token = bearerToken(request) ?? cookieToken(request);
  return principalOf(await credentialOf(token, credentials, ["api-key", "session"]));
}

/** The credential that a token is, if it counts. Throws AppError AUTH_REQUIRED. */
export async function credentialOf(
  token: string | undefined,
  credentials: CredentialStore,
  kinds: readonly CredentialKind[],
): Promise<Credential> {
  if (token === undefined) throw new AppError("AUTH_REQUIRED", "No credential was sent", { todo });
  const verdict = await credentials.verify(token, kinds);
  if (verdict.ok) return verdict.credential;
  const what = { unknown: "is not known", expired: "has expired", revoked: "was revoked" }[verdict.why];
  throw new AppError("AUTH_REQUIRED", `The credential ${what}`, { todo });
}

/** The token of `Authorization: Bearer TOKEN`. */
export function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? "")?.[1];
}

/** The token of the session's cookie. Throws AppError KUBE_FORBIDDEN when another site may have sent it along. */
export function cookieToken(request: FastifyRequest): string | undefined {
  const token = readCookies(request.headers.cookie).get(sessionCookie);
  if (token !== undefined) refuseForged(request);
  return token;
}
