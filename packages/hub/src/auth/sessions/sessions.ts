import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { AppError } from "@inkube/api";
import type { Clock } from "@inkube/kube";
import { type Credential, refusalOf } from "../../credentials/credential.ts";
import type { CredentialStore } from "../../credentials/credential-store.ts";
import type { Identity } from "../oidc/identity.ts";
import type { Sealer } from "./sealed.ts";

/** A session that has just begun; the token is told this once. */
export interface NewSession {
  token: string;
  credential: Credential;
}

/** Where a session is used. */
export type SessionPlace = "browser" | "command line";

/** Sessions of people, and the codes by which a command line gets one. */
export interface Sessions {
  /** Begins one. The oldest of somebody who has too many ends. */
  begin(identity: Pick<Identity, "user" | "groups">, place: SessionPlace, minutes: number): Promise<NewSession>;
  /** Those that count now, of one user or of all; codes are none. */
  list(user?: string): Credential[];
  /** The session with this id, whether it counts or not. */
  get(id: string): Credential | undefined;
  /** Ends one, at once and on every replica. False when there is none. */
  end(id: string): Promise<boolean>;
  /** A code for a command line that knows the verifier of this challenge: good for one minute, once. */
  codeFor(identity: Pick<Identity, "user" | "groups">, challenge: string, minutes: number): Promise<string>;
  /** The session for a code. Throws AppError AUTH_REQUIRED when the code or the verifier does not count. */
  redeem(code: string, verifier: string): Promise<NewSession>;
}

const codeName = "code for a command line";
const codeMs = 60_000;
const minuteMs = 60_000;
const mostSessions = 20;

export function createSessions(options: { credentials: CredentialStore; sealer: Sealer; clock: Clock }): Sessions {
  const { credentials, sealer, clock } = options;
  const until = (ms: number): string => new Date(clock.now() + ms).toISOString();
  const list = (user?: string): Credential[] =>
    credentials.list("session", user).filter((one) => one.name !== codeName && !refusalOf(one, clock.now()));
  const begin: Sessions["begin"] = async ({ user, groups }, place, minutes) => {
    const surplus = list(user).slice(0, -(mostSessions - 1));
    for (const old of surplus) await credentials.revoke(old.id);
    const expiresAt = until(minutes * minuteMs);
    return credentials.issue({ kind: "session", subject: user, groups, name: place, expiresAt });
  };
  return {
    begin,
    list,
    get(id) {
      const found = credentials.get(id);
      return found?.kind === "session" && found.name !== codeName ? found : undefined;
    },
    end: (id) => credentials.revoke(id),
    async codeFor({ user, groups }, challenge, minutes) {
      const who = { subject: user, groups, name: codeName, expiresAt: until(codeMs) };
      // Only the hub can look into the box: nothing can be done with the token in it but spend it here.
      const { token } = await credentials.issue({ kind: "session", ...who });
      return sealer.seal("cli-code", { token, challenge, minutes }, codeMs);
    },
    async redeem(code, verifier) {
      const sealed = (await sealer.open("cli-code", code)) as CodeContent | undefined;
      if (!sealed || !isVerifierOf(verifier, sealed.challenge)) throw codeRefused();
      const verdict = await credentials.verify(sealed.token, ["session"]);
      if (!verdict.ok) throw codeRefused();
      const { id, subject, groups } = verdict.credential;
      // Of those who try at the same time the API server lets one win. The rest see it spent as long as it could count: it is
      // left to be swept.
      if (!(await credentials.spend(id, randomUUID()))) throw codeRefused();
      return begin({ user: subject, groups }, "command line", sealed.minutes);
    },
  };
}

interface CodeContent {
  token: string;
  challenge: string;
  minutes: number;
}

/** PKCE's S256. */
export function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

function isVerifierOf(verifier: string, challenge: string): boolean {
  const [made, given] = [Buffer.from(challengeOf(verifier)), Buffer.from(challenge)];
  return made.length === given.length && timingSafeEqual(made, given);
}

function codeRefused(): AppError {
  return new AppError("AUTH_REQUIRED", "The code does not count: it was used already, is too old or is not yours", {
    todo: "Run inkube login again.",
  });
}
