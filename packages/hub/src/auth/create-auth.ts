import type { Client, Clock, Logger } from "@inkube/kube";
import type { CredentialStore } from "../credentials/credential-store.ts";
import type { OidcSource } from "./oidc/settings-file.ts";
import { createSealer } from "./sessions/sealed.ts";
import { createSessionKey } from "./sessions/session-key.ts";
import { createSessions, type Sessions } from "./sessions/sessions.ts";
import { createSignIn, type SignIn } from "./sessions/sign-in.ts";

/** How people get in, and what they have then. */
export interface Auth {
  signIn: SignIn;
  sessions: Sessions;
}

/** Wires sign-in and sessions. `client` is the hub's own; asks nobody anything before somebody signs in. */
export function createAuth(options: {
  client: Client;
  credentials: CredentialStore;
  oidc: OidcSource;
  /** `https://host`, as people reach the hub. */
  url: string;
  clock: Clock;
  logger: Logger;
}): Auth {
  const { client, credentials, oidc, url, clock, logger } = options;
  const sealer = createSealer(createSessionKey(client, clock), clock);
  return {
    signIn: createSignIn({ oidc, url, sealer, clock, logger }),
    sessions: createSessions({ credentials, sealer, clock }),
  };
}
