import type { Clock, Logger } from "@inkube/kube";
import { refusalOf } from "../../credentials/credential.ts";
import type { CredentialStore } from "../../credentials/credential-store.ts";

const sweepEveryMs = 10 * 60_000;

/**
 * Removes sessions that do not count any more, now and every ten minutes until the signal is aborted; one replica is enough. They
 * are refused before that already. Never rejects.
 */
export async function sweepSessions(options: {
  credentials: Pick<CredentialStore, "list" | "remove">;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}): Promise<void> {
  const { credentials, clock, logger, signal } = options;
  while (!signal.aborted) {
    const dead = credentials.list("session").filter((session) => refusalOf(session, clock.now()));
    const removed = await Promise.allSettled(dead.map(({ id }) => credentials.remove(id)));
    const failed = removed.filter(({ status }) => status === "rejected").length;
    if (failed > 0) logger.warn({ sessions: failed }, "Could not remove sessions that ended");
    await clock.sleep(sweepEveryMs, signal).catch(() => undefined);
  }
}
