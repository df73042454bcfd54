import { AppError, isAppError } from "@inkube/api";
import type { Clock, Logger } from "@inkube/kube";
import { type Kysely, sql } from "kysely";
import { migrate } from "../migrations/migrate.ts";
import type { Schema } from "../schema.ts";
import { isUnreachable, toStoreError, unreachable, wordsOf } from "../store-error.ts";
import type { PostgresTarget } from "../store-url.ts";
import { openPostgresForMigrations } from "./open-postgres.ts";

export interface PreparePostgresOptions {
  clock: Clock;
  logger: Logger;
  patienceMs: number;
  signal?: AbortSignal;
}

const firstPauseMs = 250;
const maxPauseMs = 5_000;

/**
 * Waits for the database and brings its schema up to date. Throws KUBE_UNREACHABLE when it did not answer for
 * `patienceMs`, USAGE for what waiting does not change: account, rights, name, encoding, a newer schema.
 */
export async function preparePostgres(target: PostgresTarget, options: PreparePostgresOptions): Promise<void> {
  const { clock, logger, patienceMs, signal } = options;
  const db = openForMigrations(target, logger);
  const end = clock.now() + patienceMs;
  try {
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, maxPauseMs)) {
      try {
        await checkEncoding(db, target);
        await migrate(db, { ...options, dialect: "postgres", name: target.name });
        return;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isUnreachable(error)) throw cannotUse(target, error);
        if (clock.now() + pause > end) throw tooLong(target, patienceMs, error);
        logger.warn(
          { database: target.name, error: wordsOf(error) },
          "Waiting for the database, which does not answer",
        );
      }
      await clock.sleep(pause, signal);
    }
  } finally {
    await db.destroy();
  }
}

function openForMigrations(target: PostgresTarget, logger: Logger): Kysely<Schema> {
  try {
    return openPostgresForMigrations(target, logger);
  } catch (error) {
    // Only the files of certificates are read by now.
    throw new AppError("USAGE", `A certificate or key for ${target.name} cannot be read: ${wordsOf(error)}.`);
  }
}

async function checkEncoding(db: Kysely<Schema>, target: PostgresTarget): Promise<void> {
  const { rows } = await sql<{ encoding: string }>`select current_setting('server_encoding') as encoding`.execute(db);
  const encoding = rows[0]?.encoding ?? "";
  if (encoding === "UTF8") return;
  throw new AppError("USAGE", `The history's database ${target.name} has the encoding ${encoding}; it must be UTF8.`, {
    todo: "Create it with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
  });
}

function tooLong(target: PostgresTarget, patienceMs: number, error: unknown): AppError {
  const seconds = Math.round(patienceMs / 1000);
  const message = `The history's database ${target.name} did not answer within ${seconds} s: ${wordsOf(error)}.`;
  const todo = "Check that it runs and can be reached from here.";
  return new AppError(unreachable, message, { todo, cause: new Error(wordsOf(error)) });
}

const todos: Record<string, string> = {
  "28P01": "Check user and password.",
  "28000": "Check user, sslmode and the server's pg_hba.conf.",
  "3D000": "Create the database; the hub makes only its tables.",
  "42501": "Let the user own the database or its schema: the hub makes its tables there.",
};

function cannotUse(target: PostgresTarget, error: unknown): AppError {
  if (isAppError(error)) return error;
  const { code } = error as { code?: unknown };
  const todo = todos[String(code)] ?? (isTlsError(error) ? "Check sslmode and sslrootcert." : undefined);
  if (todo === undefined) return toStoreError(error, target.name);
  const cause = new Error(wordsOf(error));
  return new AppError("USAGE", `The history cannot use ${target.name}: ${cause.message}.`, { todo, cause });
}

function isTlsError(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return /SSL|TLS|CERT|SELF_SIGNED|UNABLE_TO/.test(String(code)) || /SSL/.test(wordsOf(error));
}
