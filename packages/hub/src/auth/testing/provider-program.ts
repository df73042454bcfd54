import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createAuthority, issueServing } from "@inkube/controlplane";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";
import { clientSecret, type TestProviderOptions } from "./test-provider.ts";

/** What the program tells whoever started it, once it answers. */
export interface ProviderStarted {
  issuer: string;
  /** Certificate of its authority, PEM. */
  ca: string;
}

/** Serves an OpenID Connect provider on a free port of loopback. */
async function serve(options: TestProviderOptions): Promise<ProviderStarted> {
  const now = Date.now();
  const authority = await createAuthority("test-provider-authority", now);
  const { certificate, key } = await issueServing(authority, { commonName: "id", names: ["127.0.0.1"], now });
  let answer: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined;
  const server = createServer({ cert: certificate, key }, (request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  answer = new Provider(issuer, await configuration(options)).callback();
  return { issuer, ca: authority.certificate };
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

// A test that was killed leaves no provider behind.
process.once("disconnect", () => process.exit());
process.send?.(await serve(JSON.parse(process.argv[2] ?? "{}") as TestProviderOptions));
