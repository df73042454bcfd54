import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createAuthority, issueServing } from "@inkube/controlplane";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";
import { parseOidcSettings } from "../oidc/settings.ts";
import type { OidcState } from "../oidc/settings-file.ts";

/** A real OpenID Connect provider on loopback, by HTTPS with an authority of its own. */
export interface TestProvider extends AsyncDisposable {
  readonly issuer: string;
  /** PEM */
  readonly ca: string;
  readonly clientSecret: string;
  /** What the hub is told to sign people in here. */
  state(changed?: object): OidcState;
}

/** Claims of people, by the name with which they sign in there. */
export type Accounts = Record<string, Record<string, unknown>>;

export interface TestProviderOptions {
  accounts: Accounts;
  /** Where the hub is, as browsers know it. */
  hubUrl: string;
  /** Default user-info, as most providers have it. */
  claimsIn?: "id-token" | "user-info";
  /** Default client_secret_basic. */
  clientAuth?: "client_secret_basic" | "client_secret_post";
}

const clientSecret = "client-secret-that-nobody-may-see";

export async function startTestProvider(options: TestProviderOptions): Promise<TestProvider> {
  const now = Date.now();
  const authority = await createAuthority("test-provider-authority", now);
  const { certificate, key } = await issueServing(authority, { commonName: "id", names: ["127.0.0.1"], now });
  let serve: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined;
  const server = createServer({ cert: certificate, key }, (request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  serve = new Provider(issuer, await configuration(options)).callback();
  return {
    issuer,
    ca: authority.certificate,
    clientSecret,
    state(changed = {}) {
      const scopes = ["openid", "email", "groups"];
      const settings = { issuer, clientId: "inkube", clientSecret, ca: authority.certificate, scopes, ...changed };
      return { kind: "on", settings: parseOidcSettings(JSON.stringify(settings), () => "") };
    },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function configuration(options: TestProviderOptions): Promise<object> {
  const { accounts, hubUrl, claimsIn = "user-info", clientAuth = "client_secret_basic" } = options;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return {
    clients: [
      {
        client_id: "inkube",
        client_secret: clientSecret,
        redirect_uris: [`${hubUrl}/auth/callback`],
        token_endpoint_auth_method: clientAuth,
      },
    ],
    clientAuthMethods: [clientAuth],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: "sig", alg: "RS256", kid: "test" }] },
    cookies: { keys: ["keys of the test's cookies"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], groups: ["groups"] },
    conformIdTokenClaims: claimsIn === "user-info",
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
    findAccount: (_context: unknown, id: string) =>
      accounts[id] && { accountId: id, claims: async () => ({ sub: id, ...accounts[id] }) },
  };
}
