import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import type { Logger } from "@inkube/kube";
import type { PostgresPool, PostgresPoolClient } from "kysely";
import pg from "pg";
import { isUnreachable, wordsOf } from "../store-error.ts";
import type { PostgresTarget } from "../store-url.ts";

export interface PostgresPoolOptions {
  logger: Logger;
  /** The most connections. */
  max: number;
  /** After this a query fails and its connection is given up; absent for work that may take long. */
  queryTimeoutMs?: number;
}

const connectTimeoutMs = 5_000;
const idleTimeoutMs = 30_000;
const keepAliveMs = 10_000;
const int8 = 20;

/**
 * Connections to PostgreSQL that replace themselves: one that broke, or whose query was not answered in time, is
 * closed and never given out again.
 */
export function createPostgresPool(target: PostgresTarget, options: PostgresPoolOptions): PostgresPool {
  const { logger, max, queryTimeoutMs } = options;
  const pool = new pg.Pool({ ...connectionOf(target), max, ...(queryTimeoutMs && { query_timeout: queryTimeoutMs }) });
  const lost = (error: Error) => {
    logger.debug({ database: target.name, error: wordsOf(error) }, "Lost connection to database");
  };
  // Without listeners, a connection that breaks would end the process: the pool listens to idle ones only.
  pool.on("error", lost);
  pool.on("connect", (client) => client.on("error", lost));
  return {
    options: {},
    connect: async () => guarded(await pool.connect()),
    end: () => pool.end(),
  };
}

/** Reads the files of certificates; throws when one cannot be read. */
function connectionOf(target: PostgresTarget): pg.PoolConfig {
  return {
    host: target.host,
    port: target.port,
    database: target.database,
    ...(target.user !== undefined && { user: target.user }),
    ...(target.password !== undefined && { password: target.password }),
    ssl: tlsOf(target),
    application_name: "inkube-hub",
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    // Whole numbers of 64 bits come as text otherwise; ours are times and counts, far below 2^53.
    types: { getTypeParser: (type, format) => (type === int8 ? Number : pg.types.getTypeParser(type, format)) },
  };
}

function tlsOf({ tls, authority, certificate, key }: PostgresTarget): false | ConnectionOptions {
  if (tls === "disable") return false;
  return {
    rejectUnauthorized: tls !== "require",
    ...(authority !== undefined && { ca: readFileSync(authority, "utf8") }),
    ...(certificate !== undefined && { cert: readFileSync(certificate, "utf8") }),
    ...(key !== undefined && { key: readFileSync(key, "utf8") }),
    ...(tls === "verify-ca" && { checkServerIdentity: () => undefined }),
  };
}

/**
 * A connection that is not used again, not even for a rollback, once the server said that it ends it, it broke, or an
 * answer stayed away: the pool itself notices that only later, and would hand it to the next.
 */
function guarded(client: pg.PoolClient): PostgresPoolClient {
  let broken: unknown;
  const query = async (sql: string, parameters: readonly unknown[]) => {
    if (broken) throw broken;
    try {
      return await client.query(sql, [...parameters]);
    } catch (error) {
      if (isUnreachable(error)) broken = error;
      throw error;
    }
  };
  return {
    // Nothing here reads by cursors, the other way to call it.
    query: query as unknown as PostgresPoolClient["query"],
    release: (destroy = false) => client.release(destroy || broken !== undefined),
  };
}
