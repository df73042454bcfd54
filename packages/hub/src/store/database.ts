import { setImmediate as nextTurn } from "node:timers/promises";
import { AppError } from "@inkube/api";
import type { Kysely, Transaction } from "kysely";
import type { Schema } from "./schema.ts";
import { hasEnded, toStoreError, wasUndone } from "./store-error.ts";

/** The words in which the two databases differ. */
export type SqlDialect = "sqlite" | "postgres";

export interface WriteOptions {
  /** Doing it twice does no harm: it is done again when the connection broke and nobody knows whether it was done. */
  repeatable?: boolean;
}

/** A database whose errors are AppErrors. Everything that runs here must be one short statement, or a few. */
export interface Database {
  /** Runs a query, and again when its connection had ended unnoticed. */
  read<T>(query: (db: Kysely<Schema>) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction, and again when another transaction was in its way: it may run several times. */
  write<T>(work: (tx: Transaction<Schema>) => Promise<T>, options?: WriteOptions): Promise<T>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** More than the pool has connections: after a restart of the server every one of them may be dead. */
const maxAttempts = 12;

/** `name` is the database in words without secrets. */
export function createDatabase(db: Kysely<Schema>, name: string): Database {
  let closed = false;
  const attempt = async <T>(work: () => Promise<T>, worthAgain: (error: unknown) => boolean): Promise<T> => {
    for (let attempts = 1; ; attempts += 1) {
      if (closed) throw new AppError("INTERNAL", "The history is closed.");
      try {
        return await work();
      } catch (error) {
        if (attempts >= maxAttempts || !worthAgain(error)) throw toStoreError(error, name);
      }
      // The pool hears of other dead connections meanwhile.
      await nextTurn();
    }
  };
  return {
    read: (query) => attempt(() => query(db), hasEnded),
    write: (work, { repeatable = false } = {}) =>
      attempt(
        () => db.transaction().execute(work),
        (error) => wasUndone(error) || (repeatable && hasEnded(error)),
      ),
    async close() {
      if (closed) return;
      closed = true;
      await db.destroy();
    },
  };
}
