import { AppError, isAppError } from "@inkube/api";
import type { Clock, Logger } from "@inkube/kube";
import type { AuditEntry, AuditLog } from "../store/index.ts";

/** Writes the audit log, and says whether anything may be changed now. */
export interface AuditTrail {
  /** Throws AppError KUBE_UNREACHABLE while entries cannot be written: nothing may be changed then. */
  ready(): Promise<void>;
  /**
   * Resolves when the entry is on disk. When it rejects, the entry is in the program's log; and when the database was away it is
   * kept in memory, is written as soon as that is possible, and `ready` throws until then.
   */
  record(entry: AuditEntry): Promise<void>;
}

export interface AuditTrailOptions {
  audit: AuditLog;
  clock: Clock;
  logger: Logger;
}

/** Beyond these the program's log alone has them: they can only be refusals, as nothing is changed meanwhile. */
const mostOwed = 1_000;

export function createAuditTrail({ audit, clock, logger }: AuditTrailOptions): AuditTrail {
  let owed: AuditEntry[] = [];
  let checking: Promise<void> | undefined;

  const check = async (): Promise<void> => {
    const writing = owed;
    if (writing.length > 0) {
      await audit.append(writing);
      owed = owed.slice(writing.length);
      logger.info({ entries: writing.length }, "Wrote audit entries that had to wait");
    } else {
      // A transaction that writes nothing: it needs the same lock, connection and permission as one that does.
      await audit.prune(0);
    }
  };

  return {
    async ready() {
      checking ??= check().finally(() => {
        checking = undefined;
      });
      try {
        await checking;
      } catch (error) {
        throw refused("The audit log cannot be written, so nothing can be changed now", error);
      }
    },
    async record(entry) {
      const timed = { ...entry, time: clock.now() };
      try {
        await audit.append([timed]);
      } catch (error) {
        logger.error({ entry: timed, error: wordsOf(error) }, "Could not write an audit entry");
        // What can never be written must not hold up all that comes after it.
        if (isAppError(error, "KUBE_UNREACHABLE") && owed.length < mostOwed) owed = [...owed, timed];
        throw refused("The request was carried out, but the audit log could not be written", error);
      }
    },
  };
}

function refused(message: string, cause: unknown): AppError {
  const todo = isAppError(cause) && cause.todo ? cause.todo : "Ask who runs the hub to look at its database.";
  return new AppError("KUBE_UNREACHABLE", message, { todo, cause });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
