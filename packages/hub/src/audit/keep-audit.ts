import type { Clock, Logger } from "@inkube/kube";
import { pruneDaily } from "../history/prune-daily.ts";
import type { AuditLog } from "../store/index.ts";

/** How long entries are kept: a year. */
export const auditKeptMs = 365 * 24 * 60 * 60_000;

/** Removes old entries, now and every day until the signal is aborted; one replica is enough. Never rejects. */
export async function keepAudit(options: {
  audit: AuditLog;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}): Promise<void> {
  await pruneDaily({ ...options, what: "audit entries", log: options.audit, keptMs: auditKeptMs });
}
