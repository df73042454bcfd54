import type { Clock, Logger } from "@inkube/kube";

const dayMs = 24 * 60 * 60_000;

export interface PruneOptions {
  /** What is removed, in words. */
  what: string;
  /** Removes what is older than a time; resolves with how much. */
  log: { prune(olderThan: number): Promise<number> };
  keptMs: number;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}

/** Removes what is old, now and every day until the signal is aborted; one replica is enough. Never rejects. */
export async function pruneDaily({ what, log, keptMs, clock, logger, signal }: PruneOptions): Promise<void> {
  while (!signal.aborted) {
    try {
      const removed = await log.prune(Math.max(0, clock.now() - keptMs));
      if (removed > 0) logger.info({ removed }, `Removed old ${what}`);
    } catch (error) {
      logger.warn({ error: error instanceof Error ? error.message : String(error) }, `Could not remove old ${what}`);
    }
    await clock.sleep(dayMs, signal).catch(() => undefined);
  }
}
