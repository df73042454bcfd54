import { AppError } from "@inkube/api";
import type { Clock, Logger } from "@inkube/kube";
import { type Kysely, sql, type Transaction } from "kysely";
import type { SqlDialect } from "../database.ts";
import type { Schema } from "../schema.ts";
import { type Migration, migrations } from "./migrations.ts";

export interface MigrateOptions {
  dialect: SqlDialect;
  clock: Clock;
  logger: Logger;
  /** The database in words without secrets. */
  name: string;
  /** For tests; the program's own by default. */
  steps?: readonly Migration[];
  signal?: AbortSignal;
}

/** The lock of all Inkube hubs on a PostgreSQL database; any number that nothing else uses. */
const lockNumber = 4_927_350_168_421;
const lockPauseMs = 250;

/**
 * Brings the schema to the newest step, all missing steps in one transaction: they are all there, or none. Any number of
 * hubs may start at once; one does it and the others wait. Throws USAGE when the schema is newer than this program.
 */
export async function migrate(db: Kysely<Schema>, options: MigrateOptions): Promise<void> {
  const { clock, logger, name, signal } = options;
  for (let waits = 0; !(await tryMigrate(db, options)); waits += 1) {
    if (waits === 0) logger.info({ database: name }, "Waiting for another hub that prepares the database");
    await clock.sleep(lockPauseMs, signal);
  }
}

/** False when another hub holds the lock. Asks without waiting, as a waiting statement could not be cancelled. */
async function tryMigrate(db: Kysely<Schema>, options: MigrateOptions): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    if (options.dialect === "postgres" && !(await lockPostgres(tx))) return false;
    await applyMissing(tx, options);
    return true;
  });
}

async function lockPostgres(tx: Transaction<Schema>): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select pg_try_advisory_xact_lock(${sql.lit(lockNumber)}) as held`.execute(tx);
  return rows[0]?.held === true;
}

async function applyMissing(tx: Transaction<Schema>, options: MigrateOptions): Promise<void> {
  const { dialect, clock, logger, name, steps = migrations } = options;
  await tx.schema
    .createTable("schemaMigrations")
    .ifNotExists()
    .addColumn("number", "integer", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("appliedAt", "bigint", (column) => column.notNull())
    .execute();
  const last = await tx
    .selectFrom("schemaMigrations")
    .select((eb) => eb.fn.max("number").as("number"))
    .executeTakeFirst();
  const applied = last?.number ?? 0;
  const newest = steps.at(-1)?.number ?? 0;
  if (applied > newest) throw newer(name, applied, newest);
  for (const step of steps.filter(({ number }) => number > applied)) {
    await step.up(tx, dialect);
    const row = { number: step.number, name: step.name, appliedAt: clock.now() };
    await tx.insertInto("schemaMigrations").values(row).execute();
    logger.info({ database: name, migration: step.number, name: step.name }, "Migrated database");
  }
}

function newer(name: string, applied: number, known: number): AppError {
  return new AppError(
    "USAGE",
    `The history's database ${name} was prepared by a newer hub: its schema is ${applied}, this program knows ${known}.`,
    { todo: "Run the newer version of the hub, or give this one another database." },
  );
}
