import type { Clock, Logger } from "@inkube/kube";
import type { AuditLog } from "../store/index.ts";

const dayMs = 24 * 60 * 60_000;

/** How long entries are kept: a year. */
export const auditKeptMs = 365 * dayMs;

/** Removes old entries, now and every day until the signal is aborted; one replica is enough. Never rejects. */
export async function keepAudit(options: {
  audit: AuditLog;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
  keptMs?: number;
}): Promise<void> {
  const { audit, clock, logger, signal, keptMs = auditKeptMs } = options;
  while (!signal.aborted) {
    try {
      const removed = await audit.prune(Math.max(0, clock.now() - keptMs));
      if (removed > 0) logger.info({ entries: removed }, "Removed old audit entries");
    } catch (error) {
      logger.warn(
        { error: error instanceof Error ? error.message : String(error) },
        "Could not remove old audit entries",
      );
    }
    await clock.sleep(dayMs, signal).catch(() => undefined);
  }
}
