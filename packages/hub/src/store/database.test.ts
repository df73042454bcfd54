import { systemClock } from "@inkube/kube";
import { collectingLogger } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { createDatabase } from "./database.ts";
import { openSqlite } from "./sqlite/open-sqlite.ts";
import { unreachable } from "./store-error.ts";
import { readStoreUrl } from "./store-url.ts";
import { refusal } from "./testing/refusal.ts";

async function inMemory() {
  const target = readStoreUrl("sqlite::memory:");
  if (target.kind !== "sqlite") throw new Error("not SQLite");
  const db = await openSqlite(target, { clock: systemClock, logger: collectingLogger() });
  const database = createDatabase(db, "the database");
  return { database, [Symbol.asyncDispose]: () => database.close() };
}

/** Work that fails so often with this code before it succeeds, and counts how often it ran. */
function failing(code: string, times = 1) {
  let runs = 0;
  return {
    get runs() {
      return runs;
    },
    work: async () => {
      runs += 1;
      if (runs <= times) throw Object.assign(new Error(`said ${code}`), { code });
      return "done";
    },
  };
}

describe("A database", () => {
  it.each(["ECONNRESET", "57P01"])("reads again when the connection ended: %s", async (code) => {
    await using t = await inMemory();
    const read = failing(code);
    expect(await t.database.read(read.work)).toBe("done");
    expect(read.runs).toBe(2);
  });

  it("reads once when nobody is there, as the pool has waited already", async () => {
    await using t = await inMemory();
    const read = failing("ECONNREFUSED");
    const error = await refusal(t.database.read(read.work), unreachable);
    expect(error.message).toBe("The history's database the database does not answer: said ECONNREFUSED.");
    expect(read.runs).toBe(1);
  });

  it.each(["40001", "40P01"])("writes again when another transaction was in the way: %s", async (code) => {
    await using t = await inMemory();
    const write = failing(code, 11);
    expect(await t.database.write(write.work)).toBe("done");
    expect(write.runs).toBe(12);
    await refusal(t.database.write(failing(code, 12).work), "INTERNAL");
  });

  it("writes again after a broken connection only what does no harm twice", async () => {
    await using t = await inMemory();
    const harmless = failing("ECONNRESET");
    expect(await t.database.write(harmless.work, { repeatable: true })).toBe("done");
    const once = failing("ECONNRESET");
    await refusal(t.database.write(once.work), unreachable);
    expect([harmless.runs, once.runs]).toEqual([2, 1]);
  });

  it("hands on the words of an error, not the error", async () => {
    await using t = await inMemory();
    const original = Object.assign(new Error("no"), { client: { password: "s3cret" } });
    const error = await refusal(
      t.database.read(() => Promise.reject(original)),
      "INTERNAL",
    );
    expect(error.cause).toEqual(new Error("no"));
    expect(error.cause).not.toHaveProperty("client");
  });
});
