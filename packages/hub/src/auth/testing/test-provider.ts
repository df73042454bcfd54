import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseOidcSettings } from "../oidc/settings.ts";
import type { OidcState } from "../oidc/settings-file.ts";
import type { ProviderStarted } from "./provider-program.ts";

/** A real OpenID Connect provider, a process of its own on loopback, by HTTPS with an authority of its own. */
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

export const clientSecret = "client-secret-that-nobody-may-see";

const program = join(import.meta.dirname, "provider-program.ts");

export async function startTestProvider(options: TestProviderOptions): Promise<TestProvider> {
  // What the test's own process was started with is not meant for this one.
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const { issuer, ca } = await started(child);
  return {
    issuer,
    ca,
    clientSecret,
    state(changed = {}) {
      const scopes = ["openid", "email", "groups"];
      const settings = { issuer, clientId: "inkube", clientSecret, ca, scopes, ...changed };
      return { kind: "on", settings: parseOidcSettings(JSON.stringify(settings), () => "") };
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function started(child: ChildProcess): Promise<ProviderStarted> {
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`The provider ended before it answered: ${code ?? signal}`);
  });
  const [told] = (await Promise.race([once(child, "message"), ended])) as [ProviderStarted];
  return told;
}
