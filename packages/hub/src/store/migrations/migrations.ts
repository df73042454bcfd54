import { randomBytes } from "node:crypto";
import { type CreateTableBuilder, type RawBuilder, sql, type Transaction } from "kysely";
import type { SqlDialect } from "../database.ts";
import type { Schema } from "../schema.ts";

/** Knows no tables: a step must not change its meaning when `Schema` goes on. Rows are written with `sql`. */
export type MigrationTransaction = Pick<Transaction<Schema>, "schema" | "getExecutor">;

/**
 * A step of the schema. Steps are never changed once released: a later one mends an earlier one. While hubs are replaced
 * one by one, the older program still works on the newer schema: a step adds, and what it takes away no released program uses.
 */
export interface Migration {
  number: number;
  name: string;
  /** Runs in the transaction that also records it; must not assume that the program is of the same version. */
  up(tx: MigrationTransaction, dialect: SqlDialect): Promise<void>;
}

/** All steps, in the order of their numbers, without a gap. Names of tables and columns become snake_case. */
export const migrations: readonly Migration[] = [
  { number: 1, name: "store-keys", up: createStoreKeys },
  { number: 2, name: "audit", up: createAudit },
  { number: 3, name: "events", up: createEvents },
  { number: 4, name: "usage", up: createUsage },
  { number: 5, name: "event-pages", up: indexEventPages },
  { number: 6, name: "usage-pods", up: addPodSeconds },
];

async function createStoreKeys(tx: MigrationTransaction): Promise<void> {
  await tx.schema
    .createTable("storeKeys")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("value", "text", (column) => column.notNull())
    .execute();
  const key = randomBytes(32).toString("base64url");
  await sql`insert into store_keys (name, value) values ('cursors', ${key})`.execute(tx);
}

async function createAudit(tx: MigrationTransaction, dialect: SqlDialect): Promise<void> {
  const key = keyText(dialect);
  let table: CreateTableBuilder<string, string> = tx.schema.createTable("audit");
  table = table.addColumn("id", key, (column) => column.primaryKey().notNull());
  for (const name of ["time", "status"]) table = table.addColumn(name, "bigint", (column) => column.notNull());
  const texts = ["actor", "actorType", "action", "method", "path", "kind", "message", "requestId", "sourceAddress"];
  for (const name of texts) table = table.addColumn(name, key, (column) => column.notNull());
  for (const name of ["keyId", "project", "name", "uid", "note"]) table = table.addColumn(name, key);
  await clustered(table, dialect).execute();
  // Every filter has its index, as a scan for something rare would hold up everything else in SQLite.
  for (const name of ["project", "actor", "kind", "action"]) {
    await tx.schema.createIndex(`audit_${name}`).on("audit").columns([name, "id"]).execute();
  }
}

async function createEvents(tx: MigrationTransaction, dialect: SqlDialect): Promise<void> {
  let table: CreateTableBuilder<string, string> = tx.schema.createTable("events");
  const texts = ["object", "host", "project", "cluster", "uid", "type", "reason", "message", "component"];
  for (const name of texts) table = table.addColumn(name, keyText(dialect), (column) => column.notNull());
  for (const name of ["count", "firstTime", "lastTime"]) {
    table = table.addColumn(name, "bigint", (column) => column.notNull());
  }
  // The host is in the key, so that no host can overwrite an event of another by its uid.
  table = table.addPrimaryKeyConstraint("events_pk", ["object", "host", "uid"]);
  await clustered(table, dialect).execute();
  await tx.schema.createIndex("events_newest").on("events").columns(["object", "lastTime", "host", "uid"]).execute();
  await tx.schema.createIndex("events_age").on("events").columns(["lastTime"]).execute();
}

async function createUsage(tx: MigrationTransaction, dialect: SqlDialect): Promise<void> {
  let table: CreateTableBuilder<string, string> = tx.schema.createTable("usage");
  table = table.addColumn("bucketStart", "bigint", (column) => column.notNull());
  for (const name of ["host", "project", "cluster"]) {
    table = table.addColumn(name, keyText(dialect), (column) => column.notNull());
  }
  // Bytes of terabytes times seconds exceed 2^53; sums of doubles stay true to 15 digits.
  for (const name of ["cpuCoreSeconds", "memoryByteSeconds", "storageByteSeconds"]) {
    table = table.addColumn(name, "double precision", (column) => column.notNull());
  }
  table = table.addColumn("samples", "bigint", (column) => column.notNull());
  table = table.addPrimaryKeyConstraint("usage_pk", ["bucketStart", "host", "project", "cluster"]);
  await clustered(table, dialect).execute();
  await tx.schema.createIndex("usage_cluster").on("usage").columns(["project", "cluster", "bucketStart"]).execute();
}

/** For pages of all events of a project or host, newest first. */
async function indexEventPages(tx: MigrationTransaction): Promise<void> {
  for (const name of ["project", "host"]) {
    await tx.schema.createIndex(`events_${name}`).on("events").columns([name, "lastTime"]).execute();
  }
}

async function addPodSeconds(tx: MigrationTransaction): Promise<void> {
  await tx.schema
    .alterTable("usage")
    .addColumn("podSeconds", "double precision", (column) => column.notNull().defaultTo(0))
    .execute();
}

/** Text that both databases order by its bytes, so that ids and positions in lists mean the same. */
function keyText(dialect: SqlDialect): RawBuilder<unknown> {
  return dialect === "postgres" ? sql`text collate "C"` : sql`text`;
}

/** Rows in the order of their key, where the database needs to be told. */
function clustered(table: CreateTableBuilder<string, string>, dialect: SqlDialect) {
  return dialect === "sqlite" ? table.modifyEnd(sql`without rowid`) : table;
}
