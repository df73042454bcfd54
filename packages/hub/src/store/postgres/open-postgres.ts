import type { Logger } from "@inkube/kube";
import { CamelCasePlugin, Kysely, PostgresDialect, PostgresDriver } from "kysely";
import type { Schema } from "../schema.ts";
import type { PostgresTarget } from "../store-url.ts";
import { createPostgresPool, type PostgresPoolOptions } from "./postgres-pool.ts";

const maxConnections = 10;
const queryTimeoutMs = 30_000;

/** For the hub's own work: at most ten connections, each query at most 30 seconds. Connects when it is first used. */
export function openPostgres(target: PostgresTarget, logger: Logger): Kysely<Schema> {
  return kyselyWith(target, { logger, max: maxConnections, queryTimeoutMs });
}

/** For the migrations: one connection, whose statements may take their time. */
export function openPostgresForMigrations(target: PostgresTarget, logger: Logger): Kysely<Schema> {
  return kyselyWith(target, { logger, max: 1 });
}

function kyselyWith(target: PostgresTarget, options: PostgresPoolOptions): Kysely<Schema> {
  const dialect = new QuietRollbackDialect({ pool: createPostgresPool(target, options) });
  return new Kysely<Schema>({ dialect, plugins: [new CamelCasePlugin()] });
}

type Connection = Parameters<PostgresDriver["rollbackTransaction"]>[0];

class QuietRollbackDialect extends PostgresDialect {
  readonly #config: ConstructorParameters<typeof PostgresDialect>[0];

  constructor(config: ConstructorParameters<typeof PostgresDialect>[0]) {
    super(config);
    this.#config = config;
  }

  override createDriver(): PostgresDriver {
    return new QuietRollbackDriver(this.#config);
  }
}

class QuietRollbackDriver extends PostgresDriver {
  // A rollback fails when the connection is gone. What made it necessary says why; the server undoes it by itself, and
  // the driver has marked the connection as not to be used again.
  override async rollbackTransaction(connection: Connection): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => undefined);
  }
}
