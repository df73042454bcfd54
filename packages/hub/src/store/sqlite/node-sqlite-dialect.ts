import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
} from "kysely";

export interface NodeSqliteDialectConfig {
  database: DatabaseSync;
  /** Runs a statement that another connection's write lock may refuse; it decides how long to try. */
  whenFree<T>(statement: () => Promise<T>): Promise<T>;
}

/** SQLite by the module that comes with Node. Every transaction takes the write lock when it begins. */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #config: NodeSqliteDialectConfig;

  constructor(config: NodeSqliteDialectConfig) {
    super({ database: kyselyDatabase(config.database) });
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#config);
  }
}

class ImmediateDriver extends SqliteDriver {
  readonly #config: NodeSqliteDialectConfig;

  constructor(config: NodeSqliteDialectConfig) {
    super({ database: kyselyDatabase(config.database) });
    this.#config = config;
  }

  // A transaction that read first and then wants to write is refused at once when somebody wrote meanwhile.
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#config.whenFree(() => connection.executeQuery(CompiledQuery.raw("begin immediate")));
  }

  // SQLite has already rolled back after some errors (a full disk); the second attempt would hide the first error.
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#config.database.isTransaction) await super.rollbackTransaction(connection);
  }
}

function kyselyDatabase(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (sql) => kyselyStatement(database, sql),
  };
}

function kyselyStatement(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    // Rows have no prototype, which plain objects of other code do not expect.
    all: (parameters) => statement.all(...values(parameters)).map((row) => ({ ...row })),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}
