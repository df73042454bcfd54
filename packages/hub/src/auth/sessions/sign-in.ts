import { AppError } from "@inkube/api";
import type { Clock, Logger } from "@inkube/kube";
import { randomNonce, randomPKCECodeVerifier, randomState } from "openid-client";
import { clearCookie, readCookies, setCookie, signInCookiePrefix } from "../cookies.ts";
import { type Identity, identityOf } from "../oidc/identity.ts";
import { createOidcProvider, type OidcProvider, type Proofs } from "../oidc/provider.ts";
import type { OidcSource } from "../oidc/settings-file.ts";
import type { Sealer } from "./sealed.ts";

/** Where a sign-in leads: to a page of the hub, or to the command line that listens on this port of the same machine. */
export type Destination =
  | { kind: "browser"; path: string }
  | { kind: "cli"; port: number; state: string; challenge: string };

/** A redirect, with the cookies that go with it. */
export interface Step {
  location: string;
  cookies: string[];
}

/** A sign-in that came back from the provider and was begun in this browser; who it is, nobody has looked at. */
export interface Returned {
  to: Destination;
  /** Forgets the sign-in's cookie. */
  cookies: string[];
  /** Throws AppError: the provider refused, or what it says does not count. */
  identity(): Promise<Identity & { sessionMinutes: number }>;
}

/** Sign-in with OpenID Connect. The hub remembers nothing meanwhile: any replica may take the next step. */
export interface SignIn {
  /** Throws the AppError that says why nobody can sign in this way: not configured, or not well. */
  check(): void;
  /** Sends a browser to the provider. Throws AppError. */
  begin(to: Destination, cookieHeader: string | undefined): Promise<Step>;
  /** Takes a browser back; `path` has the provider's answer. Throws AppError AUTH_REQUIRED when it was not begun in this browser. */
  resume(path: string, cookieHeader: string | undefined): Promise<Returned>;
}

interface Flow extends Proofs {
  to: Destination;
}

const flowMs = 10 * 60_000;
/** More tabs than that sign in at the same time only by mistake, and headers must not grow for ever. */
const mostFlows = 5;
const signInCookie = new RegExp(`^${signInCookiePrefix}[A-Za-z0-9_-]{0,10}$`);

export interface SignInOptions {
  oidc: OidcSource;
  /** `https://host`, as people reach the hub. */
  url: string;
  sealer: Sealer;
  clock: Clock;
  logger: Logger;
}

export function createSignIn(options: SignInOptions): SignIn {
  const { oidc, url, sealer, clock, logger } = options;
  const redirectUri = `${url}/auth/callback`;
  let opened: OidcProvider | undefined;
  const provider = (): OidcProvider => {
    const state = oidc.current();
    if (state.kind !== "on") throw cannotSignIn(state.kind);
    if (opened?.settings !== state.settings) opened = createOidcProvider(state.settings, { clock, logger });
    return opened;
  };
  return {
    check: () => void provider(),
    async begin(to, cookieHeader) {
      const flow: Flow = { to, state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
      const location = await provider().authorizationUrl(redirectUri, flow);
      const box = await sealer.seal("sign-in", flow, flowMs);
      const others = [...readCookies(cookieHeader).keys()].filter((name) => signInCookie.test(name));
      const forgotten = others.length < mostFlows ? [] : others.map(clearCookie);
      return { location, cookies: [...forgotten, setCookie(cookieOf(flow.state), box, flowMs / 1_000)] };
    },
    async resume(path, cookieHeader) {
      const callback = new URL(redirectUri);
      callback.search = path.split("?").slice(1).join("?");
      const state = callback.searchParams.get("state") ?? "";
      const name = cookieOf(state);
      const box = readCookies(cookieHeader).get(name);
      const flow = box === undefined ? undefined : ((await sealer.open("sign-in", box)) as Flow | undefined);
      if (!flow || flow.state !== state) throw notBegunHere();
      return {
        to: flow.to,
        cookies: [clearCookie(name)],
        identity: () => identify(provider(), callback, flow, logger),
      };
    },
  };
}

async function identify(provider: OidcProvider, callback: URL, proofs: Proofs, logger: Logger) {
  const claims = await provider.claims(callback, proofs);
  const identity = identityOf(claims, provider.settings);
  const { user, unusable } = identity;
  if (unusable > 0) logger.warn({ user, groups: unusable }, "Left out groups whose names Kubernetes cannot be told");
  return { ...identity, sessionMinutes: provider.settings.sessionMinutes };
}

/** Each sign-in has its own, so that several tabs can sign in at the same time. */
function cookieOf(state: string): string {
  return signInCookiePrefix + state.replace(/[^A-Za-z0-9_-]/g, "").slice(0, 10);
}

function notBegunHere(): AppError {
  return new AppError("AUTH_REQUIRED", "This sign-in was not begun in this browser, or more than ten minutes ago", {
    todo: "Sign in again, and allow the hub its cookies.",
  });
}

function cannotSignIn(kind: "off" | "broken"): AppError {
  const todo =
    "Sign in with an API key: inkube login URL --token-file FILE. An administrator of the hub can make one for you.";
  if (kind === "off") {
    return new AppError("KUBE_NOT_FOUND", "This hub has no sign-in with OpenID Connect", { todo });
  }
  return new AppError(
    "KUBE_SERVER",
    "Sign-in with OpenID Connect is not configured well; the hub's log says what is wrong",
    {
      todo,
    },
  );
}
