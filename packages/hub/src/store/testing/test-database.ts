import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** An empty database of one kind, and what tests do to it behind the store's back. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  /** Runs one statement; rows of a query, with names as in SQL. */
  run(sql: string): Promise<Record<string, unknown>[]>;
  /** Makes writing impossible until what it resolves with is called. */
  cut(): Promise<() => Promise<void>>;
}

/** A SQLite file in a folder of its own; `cut` holds its write lock, as a second hub would. */
export async function sqliteDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "inkube-store-"));
  const path = join(folder, "history.db");
  const open = () => new DatabaseSync(path);
  return {
    url: `sqlite:${path}`,
    async run(sql) {
      using database = open();
      return database.prepare(sql).all();
    },
    async cut() {
      const holder = open();
      holder.exec("begin immediate");
      return async () => holder.close();
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
