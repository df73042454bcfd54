import { inspect } from "node:util";
import type { AppError } from "@inkube/api";
import { systemClock } from "@inkube/kube";
import { collectingLogger } from "@inkube/kube/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "../open-store.ts";
import { unreachable } from "../store-error.ts";
import { describeStore } from "../testing/describe-store.ts";
import { anEntry } from "../testing/entries.ts";
import { hurriedClock } from "../testing/hurried-clock.ts";
import { type PostgresServer, startPostgres } from "../testing/postgres-server.ts";
import { refusal } from "../testing/refusal.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.[Symbol.asyncDispose]());

describeStore("The store on PostgreSQL", () => server.fresh());

/** Everything that can be seen of an error or a log. */
const seen = (thing: unknown) => inspect(thing, { depth: 12, showHidden: true });

function open(url: string, patienceMs = 0, clock = systemClock) {
  const logger = collectingLogger();
  return { logger, opened: openStore({ url, clock, logger, patienceMs }) };
}

describe("A PostgreSQL that cannot be used", () => {
  const secrets = () => [server.password, encodeURIComponent(server.password), "Zq7"];

  it.each<[string, (url: string) => string, AppError["code"], RegExp]>([
    ["another password", (url) => url.replace("Zq7", "Zq7wrong"), "USAGE", /password authentication failed/],
    ["no such database", (url) => url.replace("/history_", "/nowhere_"), "USAGE", /does not exist/],
    ["nobody there", (url) => url.replace(/host=.*/, "host=%2Fnowhere"), unreachable, /did not answer within 0 s/],
    ["no such name", (url) => url.replace(/host=.*/, "host=nowhere.invalid"), unreachable, /did not answer/],
  ])("is told without secrets: %s", async (_, change, code, words) => {
    await using database = await server.fresh();
    const { opened, logger } = open(change(database.url));
    const error = await refusal(opened, code);
    expect(error.message).toMatch(words);
    expect(error.todo).not.toBe("");
    for (const secret of secrets()) expect(seen([error, logger.entries])).not.toContain(secret);
  });

  it("is told when the account may not make tables, or the encoding loses letters", async () => {
    await using database = await server.fresh();
    await database.run("create role guest login password 'Zq7guest'");
    const url = new URL(database.url);
    [url.username, url.password] = ["guest", "Zq7guest"];
    expect((await refusal(open(url.href).opened, "USAGE")).todo).toContain("own the database");
    await using latin = await server.fresh("encoding 'LATIN1' locale 'C' locale_provider 'libc' template template0");
    expect((await refusal(open(latin.url).opened, "USAGE")).message).toContain("LATIN1");
  });

  it("is waited for, and used when it comes", async () => {
    await using database = await server.fresh();
    const restore = await database.cut();
    const { opened, logger } = open(database.url, 600_000);
    try {
      await expect
        .poll(() => logger.entries.map(({ message }) => message), { timeout: 60_000 })
        .toContain("Waiting for the database, which does not answer");
    } finally {
      await restore();
    }
    await using store = await opened;
    await store.audit.append([anEntry()]);
    for (const secret of secrets()) expect(seen(logger.entries)).not.toContain(secret);
  });

  it("is given up after the patience, having said what it waited for", async () => {
    const url = "postgres://u:Zq7pass@127.0.0.1:1/history";
    const { opened, logger } = open(url, 60_000, hurriedClock());
    const error = await refusal(opened, unreachable);
    expect(error.message).toContain("postgres://u@127.0.0.1:1/history did not answer within 60 s");
    expect(logger.entries.length).toBeGreaterThan(5);
    expect(seen([error, logger.entries])).not.toContain("Zq7");
  });
});

describe("Connections to PostgreSQL", () => {
  it("are replaced when the server ends them, idle or in use", async () => {
    await using database = await server.fresh();
    await using store = await open(database.url).opened;
    const end = () =>
      database.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'inkube-hub'");
    for (let round = 0; round < 5; round += 1) {
      await store.audit.append([anEntry({ kind: "Kept", name: String(round) })]);
      const reads = Array.from({ length: 20 }, () => store.audit.list({ limit: 200 }));
      const [done] = await Promise.all([Promise.allSettled(reads), end()]);
      for (const read of done) if (read.status === "rejected") expect(read.reason).toMatchObject({ code: unreachable });
    }
    await end();
    const { items } = await store.audit.list({ kind: "Kept", limit: 200 });
    expect(items.map(({ name }) => name)).toEqual(["4", "3", "2", "1", "0"]);
  });

  it("say what went wrong at runtime without secrets", async () => {
    await using database = await server.fresh();
    await using store = await open(database.url).opened;
    const restore = await database.cut();
    try {
      const error = await refusal(store.audit.list({ limit: 1 }), unreachable);
      expect(error.message).toContain("does not answer");
      expect(seen(error)).not.toContain("Zq7");
    } finally {
      await restore();
    }
    expect(await store.audit.list({ limit: 1 })).toEqual({ items: [] });
    await database.run("drop table audit");
    const error = await refusal(store.audit.append([anEntry({ message: "Zq7 of an entry" })]), "INTERNAL");
    expect(error.message).toContain('relation "audit" does not exist');
    expect(seen(error)).not.toContain("Zq7");
  });

  it("are at most ten, however much is asked at once", async () => {
    await using database = await server.fresh();
    await using store = await open(database.url).opened;
    await Promise.all(Array.from({ length: 200 }, () => store.audit.list({ limit: 1 })));
    const [row] = await database.run(
      "select count(*) as n from pg_stat_activity where application_name = 'inkube-hub' and datname = current_database()",
    );
    expect(Number(row?.n)).toBeGreaterThan(1);
    expect(Number(row?.n)).toBeLessThanOrEqual(10);
  });

  it("are encrypted, and checked as sslmode says", async () => {
    await using database = await server.fresh();
    const name = new URL(database.url).pathname;
    const login = `${server.user}:${encodeURIComponent(server.password)}`;
    const at = (host: string, query: string) => `postgres://${login}@${host}:${server.port}${name}?${query}`;
    const trusted = `sslrootcert=${encodeURIComponent(server.authority)}`;
    const good = [
      at("127.0.0.1", "sslmode=require"),
      at("127.0.0.1", `sslmode=verify-ca&${trusted}`),
      at("localhost", `sslmode=verify-full&${trusted}`),
    ];
    for (const url of good) {
      await using store = await open(url).opened;
      await store.audit.append([anEntry()]);
      const rows = await database.run(
        "select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'inkube-hub'",
      );
      expect(rows, url.replace(login, "")).toEqual([{ ssl: true }]);
    }
    const bad = [at("localhost", "sslmode=verify-full"), at("127.0.0.1", `sslmode=verify-full&${trusted}`)];
    for (const url of bad) expect((await refusal(open(url).opened, "USAGE")).todo).toContain("sslmode");
    await refusal(open(at("localhost", "sslmode=verify-full&sslrootcert=/nowhere.pem")).opened, "USAGE");
  });
});
