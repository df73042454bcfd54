import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AppError } from "@inkube/api";
import type { Clock, Logger } from "@inkube/kube";
import { type OidcSettings, parseOidcSettings } from "./settings.ts";

/** How sign-in stands: not configured, configured so that it cannot work, or ready to be tried. */
export type OidcState = { kind: "off" } | { kind: "broken" } | { kind: "on"; settings: OidcSettings };

/** Tells the settings that hold now; the same object as long as they are the same. */
export interface OidcSource {
  current(): OidcState;
}

/** No file was named. */
export const oidcOff: OidcSource = { current: () => ({ kind: "off" }) };

const lookEveryMs = 10_000;

/**
 * Follows a file of settings until the signal is aborted: a mounted Secret changes without a restart. A file that is not there
 * means that sign-in is off; one that is wrong is logged, with what is wrong and never with its content. Never throws.
 */
export function followOidcFile(options: {
  path: string;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}): OidcSource {
  const { path, clock, logger, signal } = options;
  let seen: { told: string; state: OidcState } = { told: "off", state: { kind: "off" } };
  const look = (): void => {
    const found = read(path);
    if (found.told === seen.told) return;
    seen = found;
    if (found.state.kind === "on")
      logger.info({ path, issuer: found.state.settings.issuer }, "Read OpenID Connect file");
    else if (found.state.kind === "off") logger.info({ path }, "OpenID Connect file is gone");
    else logger.error({ path, error: found.told }, "OpenID Connect file is not valid, sign-in with it is refused");
  };
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(lookEveryMs, signal).catch(() => undefined);
      if (!signal.aborted) look();
    }
  };
  look();
  void follow();
  return { current: () => seen.state };
}

function read(path: string): { told: string; state: OidcState } {
  try {
    const settings = parseOidcSettings(readFileSync(path, "utf8"), (caFile) => readCa(resolve(dirname(path), caFile)));
    return { told: JSON.stringify(settings), state: { kind: "on", settings } };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { told: "off", state: { kind: "off" } };
    return { told: message, state: { kind: "broken" } };
  }
}

function readCa(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new AppError("SPEC_INVALID", `caFile cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
