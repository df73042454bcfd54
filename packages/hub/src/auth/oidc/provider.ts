import type { Clock, Logger } from "@inkube/kube";
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
} from "openid-client";
import { fetchWithCa } from "./fetch-with-ca.ts";
import { type Claims, mergeClaims } from "./identity.ts";
import { providerFailure } from "./provider-failure.ts";
import type { OidcSettings } from "./settings.ts";

/** What only the browser that began a sign-in may know of it. */
export interface Proofs {
  state: string;
  nonce: string;
  /** PKCE: the provider gives nothing for a code without it. */
  verifier: string;
}

/** The OpenID Connect provider of one configuration. */
export interface OidcProvider {
  readonly settings: OidcSettings;
  /** Where a browser is sent to sign in. Throws AppError when the provider cannot be asked what it is. */
  authorizationUrl(redirectUri: string, proofs: Proofs): Promise<string>;
  /**
   * Claims of the person with whom the provider sent the browser back. Throws AppError AUTH_REQUIRED unless state, nonce, PKCE,
   * signature, issuer, audience and times are right; KUBE_UNREACHABLE when the provider does not answer.
   */
  claims(callback: URL, proofs: Proofs): Promise<Claims>;
}

const discoveredForMs = 60 * 60_000;
const timeoutSeconds = 15;
const skewSeconds = 30;

export function createOidcProvider(settings: OidcSettings, time: { clock: Clock; logger: Logger }): OidcProvider {
  const { clock, logger } = time;
  let found: { until: number; configuration: Promise<Configuration> } | undefined;
  const configuration = (): Promise<Configuration> => {
    if (found && found.until > clock.now()) return found.configuration;
    const asked = { until: clock.now() + discoveredForMs, configuration: discover(settings) };
    found = asked;
    asked.configuration.catch(() => {
      if (found === asked) found = undefined;
    });
    return asked.configuration;
  };
  const translated = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw providerFailure(error, doing, logger);
    }
  };
  return {
    settings,
    async authorizationUrl(redirectUri, { state, nonce, verifier }) {
      const known = await translated("discovery", configuration);
      const code_challenge = await calculatePKCECodeChallenge(verifier);
      return buildAuthorizationUrl(known, {
        redirect_uri: redirectUri,
        scope: settings.scopes.join(" "),
        state,
        nonce,
        code_challenge,
        code_challenge_method: "S256",
      }).href;
    },
    async claims(callback, proofs) {
      const known = await translated("discovery", configuration);
      return translated("sign-in", () => redeem(known, settings, callback, proofs));
    },
  };
}

function discover({ issuer, clientId, clientSecret, ca }: OidcSettings): Promise<Configuration> {
  return discovery(
    new URL(issuer),
    clientId,
    { [clockTolerance]: skewSeconds },
    clientSecret === undefined ? None() : clientAuth(clientSecret),
    { [customFetch]: fetchWithCa(ca), timeout: timeoutSeconds, execute: [enableNonRepudiationChecks] },
  );
}

/** As the specification has it: Basic, unless the provider says that it takes only the other. */
function clientAuth(secret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, ...rest) => {
    const taken = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return taken.includes("client_secret_basic") ? basic(server, ...rest) : post(server, ...rest);
  };
}

async function redeem(
  configuration: Configuration,
  { usernameClaim, groupsClaim, requireVerifiedEmail }: OidcSettings,
  callback: URL,
  { state, nonce, verifier }: Proofs,
): Promise<Claims> {
  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
  const tokens = await authorizationCodeGrant(configuration, callback, checks);
  const idToken = tokens.claims() as unknown as Claims & { sub: string };
  const wanted = [usernameClaim, groupsClaim];
  if (usernameClaim === "email" && requireVerifiedEmail) wanted.push("email_verified");
  // Many providers say nothing but the subject in the ID token when they also give an access token.
  const complete = wanted.every((claim) => claim in idToken);
  if (complete || configuration.serverMetadata().userinfo_endpoint === undefined) return idToken;
  return mergeClaims(idToken, await fetchUserInfo(configuration, tokens.access_token, idToken.sub));
}
