import { isAppError } from "@inkube/api";
import { systemClock } from "@inkube/kube";
import { collectingLogger } from "@inkube/kube/testing";
import { sql } from "kysely";
import { expect, it } from "vitest";
import { migrate } from "../../migrations/migrate.ts";
import { type Migration, migrations } from "../../migrations/migrations.ts";
import { openStore } from "../../open-store.ts";
import { openPostgres } from "../../postgres/open-postgres.ts";
import { openSqlite } from "../../sqlite/open-sqlite.ts";
import { readStoreUrl } from "../../store-url.ts";
import type { ContractPart } from "../describe-store.ts";
import { anEntry } from "../entries.ts";
import { refusal } from "../refusal.ts";

const clock = systemClock;

/** How often the logger heard of a step. */
function migrated(logger: ReturnType<typeof collectingLogger>): unknown[] {
  return logger.entries.filter(({ message }) => message === "Migrated database").map(({ fields }) => fields.migration);
}

async function openRaw(url: string) {
  const target = readStoreUrl(url);
  const logger = collectingLogger();
  const db = target.kind === "sqlite" ? await openSqlite(target, { clock, logger }) : openPostgres(target, logger);
  return { db, options: { dialect: target.kind, clock, logger, name: target.name } };
}

/** Migrations and the end of a store. */
export const opening: ContractPart = (scene) => {
  it("migrates once when four hubs start at the same time on an empty database", async () => {
    await using database = await scene().fresh();
    const logger = collectingLogger();
    const hubs = await Promise.all([1, 2, 3, 4].map(() => openStore({ url: database.url, clock, logger })));
    await Promise.all(hubs.map((hub) => hub.audit.append([anEntry()])));
    expect((await hubs[0]?.audit.list({ limit: 10 }))?.items).toHaveLength(4);
    await Promise.all(hubs.map((hub) => hub.close()));
    expect(migrated(logger)).toEqual(migrations.map(({ number }) => number));
    const rows = await database.run("select number, applied_at from schema_migrations order by number");
    expect(rows.map((row) => Number(row.number))).toEqual(migrations.map(({ number }) => number));
    expect(rows.every((row) => Number(row.applied_at) > Date.UTC(2020, 0, 1))).toBe(true);
  });

  it("changes nothing when it is opened again, and finds what was written", async () => {
    await using database = await scene().fresh();
    const first = await openStore({ url: database.url, clock, logger: collectingLogger() });
    await first.audit.append([anEntry({ actor: "before" })]);
    await first.close();
    const logger = collectingLogger();
    await using second = await openStore({ url: database.url, clock, logger });
    expect((await second.audit.list({ limit: 1 })).items).toMatchObject([{ actor: "before" }]);
    expect(migrated(logger)).toEqual([]);
  });

  it("refuses a schema that is newer than the program, and leaves it alone", async () => {
    await using database = await scene().fresh();
    await (await openStore({ url: database.url, clock, logger: collectingLogger() })).close();
    await database.run("insert into schema_migrations (number, name, applied_at) values (999, 'future', 0)");
    const error = await refusal(openStore({ url: database.url, clock, logger: collectingLogger() }), "USAGE");
    expect(error.message).toContain("its schema is 999");
    expect(error.todo).toContain("newer version");
  });

  it("undoes all new steps when one of them fails, and does them at the next start", async () => {
    await using database = await scene().fresh();
    const { db, options } = await openRaw(database.url);
    const made: Migration = {
      number: migrations.length + 1,
      name: "made",
      up: (tx) => tx.schema.createTable("half").addColumn("a", "text").execute(),
    };
    const failing: Migration = {
      number: migrations.length + 2,
      name: "failing",
      up: (tx) => tx.schema.dropTable("nowhere").execute(),
    };
    await expect(migrate(db, { ...options, steps: [...migrations, made, failing] })).rejects.toThrow("nowhere");
    await migrate(db, { ...options, steps: [...migrations, made] });
    await sql`insert into half (a) values ('x')`.execute(db);
    await db.destroy();
    expect(await database.run("select a from half")).toEqual([{ a: "x" }]);
  });

  it("writes what waits when it is closed, and refuses what comes afterwards", async () => {
    await using database = await scene().fresh();
    const store = await openStore({ url: database.url, clock, logger: collectingLogger() });
    const appended = store.audit.append([anEntry()]);
    await store.close();
    await appended;
    await store.close();
    await refusal(store.audit.append([anEntry()]), "INTERNAL");
    await refusal(store.audit.list({ limit: 1 }), "INTERNAL");
    expect(await database.run("select actor from audit")).toEqual([{ actor: "ada" }]);
  });

  it("stops waiting for a database that is away when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("told to stop"));
    const url = "postgres://nobody@127.0.0.1:1/history";
    const opened = openStore({ url, clock, logger: collectingLogger(), signal });
    await expect(opened).rejects.toSatisfy((error) => !isAppError(error) && String(error).includes("told to stop"));
  });
};
