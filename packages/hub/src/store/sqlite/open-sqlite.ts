import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError, isAppError } from "@inkube/api";
import type { Clock, Logger } from "@inkube/kube";
import { CamelCasePlugin, Kysely } from "kysely";
import { migrate } from "../migrations/migrate.ts";
import type { Schema } from "../schema.ts";
import { sqliteCodeOf, toStoreError, wordsOf } from "../store-error.ts";
import type { SqliteTarget } from "../store-url.ts";
import { NodeSqliteDialect } from "./node-sqlite-dialect.ts";
import { whenFree } from "./when-free.ts";

/** How long SQLite itself may wait for a lock: short, as the process stands still meanwhile. */
const lockTimeoutMs = 5;

export interface OpenSqliteOptions {
  clock: Clock;
  logger: Logger;
}

/**
 * Opens the file, and makes it and its folder when they are not there: for the owner's eyes only (0600, 0700). What is
 * committed survives the loss of power. Throws USAGE when the file cannot be used.
 */
export async function openSqlite(target: SqliteTarget, { clock, logger }: OpenSqliteOptions): Promise<Kysely<Schema>> {
  const database = openFile(target);
  try {
    const mode = await whenFree(clock, () => database.prepare("pragma journal_mode = wal").get());
    if (target.path !== ":memory:" && mode?.journal_mode !== "wal") {
      logger.warn({ database: target.name, mode: mode?.journal_mode }, "The volume takes no write-ahead log");
    }
    database.exec("pragma synchronous = full; pragma trusted_schema = off;");
    // Reads once, so that a file that is no database is told here.
    database.prepare("select count(*) from sqlite_schema").get();
  } catch (error) {
    database.close();
    throw cannotUse(target, error);
  }
  const dialect = new NodeSqliteDialect({ database, whenFree: (statement) => whenFree(clock, statement) });
  return new Kysely<Schema>({ dialect, plugins: [new CamelCasePlugin()] });
}

/** Brings the schema up to date. Throws USAGE when it is newer than this program or the file cannot be written. */
export async function prepareSqlite(
  db: Kysely<Schema>,
  target: SqliteTarget,
  { clock, logger }: OpenSqliteOptions,
): Promise<void> {
  try {
    await migrate(db, { dialect: "sqlite", clock, logger, name: target.name });
  } catch (error) {
    throw cannotUse(target, error);
  }
}

function openFile(target: SqliteTarget): DatabaseSync {
  try {
    if (target.path !== ":memory:") {
      mkdirSync(dirname(target.path), { recursive: true, mode: 0o700 });
      // Before SQLite comes: it would make the file for everybody's eyes. Its companions take over this mode.
      closeSync(openSync(target.path, "a+", 0o600));
      chmodSync(target.path, 0o600);
    }
    return new DatabaseSync(target.path, { timeout: lockTimeoutMs, enableForeignKeyConstraints: true });
  } catch (error) {
    throw cannotUse(target, error);
  }
}

function cannotUse(target: SqliteTarget, error: unknown): AppError {
  if (isAppError(error)) return error;
  const cause = new Error(wordsOf(error));
  const message = `The file of the history ${target.path} cannot be opened for writing: ${cause.message}.`;
  const todo = toStoreError(error, target.name).todo;
  if (sqliteCodeOf(error) !== undefined) return new AppError("USAGE", message, { todo, cause });
  return new AppError("USAGE", message, { todo: "Check the path, its owner and the volume.", cause });
}
