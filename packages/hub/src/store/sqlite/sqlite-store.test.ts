import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@inkube/kube";
import { collectingLogger } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { type OpenStoreOptions, openStore } from "../open-store.ts";
import { describeStore } from "../testing/describe-store.ts";
import { allPages, anEntry } from "../testing/entries.ts";
import { refusal } from "../testing/refusal.ts";
import { sqliteDatabase } from "../testing/test-database.ts";

describeStore("The store on SQLite", sqliteDatabase);

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "inkube-store-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

function options(url: string): OpenStoreOptions {
  return { url, clock: systemClock, logger: collectingLogger() };
}

/** Opens a store, appends until it is killed, and prints the number of each append that resolved. */
const appender = (url: string) => `
  import { openStore } from ${JSON.stringify(join(import.meta.dirname, "../open-store.ts"))};
  import { anEntry } from ${JSON.stringify(join(import.meta.dirname, "../testing/entries.ts"))};
  const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
  const clock = { now: () => Date.now(), sleep: async () => {} };
  const store = await openStore({ url: ${JSON.stringify(url)}, clock, logger });
  const { writeSync } = await import("node:fs");
  for (let number = 0; ; number += 1) {
    await store.audit.append([anEntry({ name: String(number) })]);
    writeSync(1, number + "\\n");
  }`;

describe("The file of the history", () => {
  it("is for its owner's eyes only, with its companions and the folder that was made for it", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "made", "deep", "history.db");
    await using store = await openStore(options(`sqlite:${file}`));
    await store.audit.append([anEntry()]);
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await Promise.all([file, `${file}-wal`, `${file}-shm`].map(mode))).toEqual(["600", "600", "600"]);
    expect(await mode(join(folder.path, "made"))).toBe("700");
  });

  it("closes a file that others could read", async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, "history.db");
    await writeFile(file, "", { mode: 0o644 });
    await using _ = await openStore(options(`sqlite:${file}`));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("has every append that resolved before the process was killed", async () => {
    await using database = await sqliteDatabase();
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", appender(database.url)]);
    const ended = once(child, "exit");
    let said = "";
    let complaints = "";
    child.stderr.on("data", (data) => (complaints += data));
    for await (const data of child.stdout) {
      said += data;
      if (said.split("\n").length > 25) child.kill("SIGKILL");
    }
    await ended;
    expect(child.signalCode, complaints).toBe("SIGKILL");
    const last = Number(said.trimEnd().split("\n").at(-1));
    expect(last).toBeGreaterThanOrEqual(20);
    await using store = await openStore(options(database.url));
    const names = new Set((await allPages(store.audit, { limit: 200 })).map(({ name }) => Number(name)));
    expect(Array.from({ length: last + 1 }, (_, number) => number).filter((number) => !names.has(number))).toEqual([]);
  });

  it("is refused with its path when it cannot be written", async () => {
    await using folder = await temporaryFolder();
    const plain = join(folder.path, "plain");
    await writeFile(plain, "no database, but more than a hundred bytes: ".repeat(10));
    for (const path of [folder.path, join(plain, "history.db"), plain]) {
      const error = await refusal(openStore(options(`sqlite:${path}`)), "USAGE");
      expect(error.message).toContain(path);
      expect(error.todo).not.toBe("");
    }
    const inMemory = await openStore(options("sqlite::memory:"));
    await inMemory.audit.append([anEntry()]);
    await inMemory.close();
  });
});
