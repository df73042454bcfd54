import { readFile, stat } from "node:fs/promises";
import type { Clock } from "../types.ts";
import type { ClusterConfig } from "./cluster-config.ts";
import { runExecPlugin } from "./exec-plugin.ts";

/** What proves who we are: at least one of token and cert, or nothing for an open server. */
export interface Credential {
  token?: string;
  cert?: string;
  key?: string;
  /** Milliseconds since the epoch; absent: until told otherwise. */
  expiresAt?: number;
}

/** The identity of a client as it is now; files and plugins are asked only when the last answer may be out of date. */
export interface Credentials {
  current(): Credential | Promise<Credential>;
  /** The server refused the last one: ask again next time. True when a new answer may differ. */
  invalidate(): boolean;
}

const tokenFileCheckMs = 60_000;
/** A credential this close to its end is not used any more: it could expire on the way. */
const expiryMarginMs = 10_000;

/** Chooses the source of the identity: exec plugin, token file, or what the config holds. */
export function createCredentials(config: ClusterConfig, clock: Clock): Credentials {
  const fixed: Credential = {
    ...(config.token !== undefined && { token: config.token }),
    ...(config.cert !== undefined && { cert: config.cert }),
    ...(config.key !== undefined && { key: config.key }),
  };
  const { exec, tokenFile } = config;
  if (exec) return cached(async () => ({ ...fixed, ...(await runExecPlugin(exec, config)) }), clock);
  if (tokenFile !== undefined) return fromTokenFile(tokenFile, fixed, clock);
  return { current: () => fixed, invalidate: () => false };
}

function cached(fetch: () => Promise<Credential>, clock: Clock): Credentials {
  let held: Credential | undefined;
  let pending: Promise<Credential> | undefined;
  return {
    current() {
      if (held && (held.expiresAt ?? Number.POSITIVE_INFINITY) - expiryMarginMs > clock.now()) return held;
      pending ??= fetch()
        .then((credential) => {
          held = credential;
          return credential;
        })
        .finally(() => {
          pending = undefined;
        });
      return pending;
    },
    invalidate() {
      held = undefined;
      return true;
    },
  };
}

function fromTokenFile(path: string, fixed: Credential, clock: Clock): Credentials {
  let seen = { mtimeMs: -1, token: "" };
  const source = cached(async () => {
    const { mtimeMs } = await stat(path);
    if (mtimeMs !== seen.mtimeMs) seen = { mtimeMs, token: (await readFile(path, "utf8")).trim() };
    return { ...fixed, token: seen.token, expiresAt: clock.now() + tokenFileCheckMs + expiryMarginMs };
  }, clock);
  return {
    current: source.current,
    invalidate() {
      seen = { mtimeMs: -1, token: "" };
      return source.invalidate();
    },
  };
}
