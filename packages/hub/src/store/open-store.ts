import type { Clock, Logger } from "@inkube/kube";
import type { Kysely } from "kysely";
import type { AuditLog } from "./audit/audit.ts";
import { createAuditLog } from "./audit/audit-log.ts";
import { createDatabase, type Database } from "./database.ts";
import { createEventLog } from "./events/event-log.ts";
import type { EventLog } from "./events/events.ts";
import { openPostgres } from "./postgres/open-postgres.ts";
import { preparePostgres } from "./postgres/prepare-postgres.ts";
import type { Schema } from "./schema.ts";
import { openSqlite, prepareSqlite } from "./sqlite/open-sqlite.ts";
import { readStoreUrl } from "./store-url.ts";
import type { UsageLog } from "./usage/usage.ts";
import { createUsageLog } from "./usage/usage-log.ts";

/** The hub's history. Errors are AppErrors without secrets; a database that was away is used again when it is back. */
export interface Store {
  readonly audit: AuditLog;
  readonly events: EventLog;
  readonly usage: UsageLog;
  /** Writes what waits, then lets go of the database. What is called afterwards rejects. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface OpenStoreOptions {
  /** `sqlite:/path/file.db`, `sqlite::memory:` or `postgres://user:password@host:5432/database?sslmode=verify-full`. */
  url?: string;
  clock: Clock;
  logger: Logger;
  /** How long to wait for a PostgreSQL that does not answer yet. Default 60,000. */
  patienceMs?: number;
  signal?: AbortSignal;
}

export const defaultStoreUrl = "sqlite:/var/lib/inkube-hub/history.db";

/**
 * Opens the history and brings its schema up to date; several hubs may do so at once on one PostgreSQL.
 * Throws USAGE for a URL, a file, an account or a schema that a person must see to, KUBE_UNREACHABLE when a database
 * did not answer in time, the signal's reason when aborted.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { clock, logger, url = defaultStoreUrl } = options;
  const target = readStoreUrl(url);
  let db: Kysely<Schema>;
  if (target.kind === "postgres") {
    await preparePostgres(target, { ...options, patienceMs: options.patienceMs ?? 60_000 });
    db = openPostgres(target, logger);
  } else {
    db = await openSqlite(target, { clock, logger });
  }
  const database = createDatabase(db, target.name);
  try {
    if (target.kind === "sqlite") await prepareSqlite(db, target, { clock, logger });
    const key = await database.read((reader) =>
      reader.selectFrom("storeKeys").select("value").where("name", "=", "cursors").executeTakeFirstOrThrow(),
    );
    return createStore(database, key.value, clock);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function createStore(database: Database, cursorKey: string, clock: Clock): Store {
  const audit = createAuditLog({ database, cursorKey, clock });
  const close = async () => {
    await audit.close();
    await database.close();
  };
  return {
    audit,
    events: createEventLog({ database, cursorKey, clock }),
    usage: createUsageLog({ database, cursorKey }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
