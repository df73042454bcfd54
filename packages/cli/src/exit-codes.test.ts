import { readFile } from "node:fs/promises";
import { errorTable } from "@inkube/api";
import { describe, expect, it } from "vitest";

describe("docs/exit-codes.md", () => {
  it("says what the error table says", async () => {
    const page = await readFile(new URL("../../../docs/exit-codes.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| (\d+) +\| ([A-Z_, ]*)\|/gm)];
    const documented = rows.flatMap(([, exitCode, codes = ""]) =>
      codes
        .split(",")
        .map((code) => code.trim())
        .filter(Boolean)
        .map((code) => [code, Number(exitCode)] as const),
    );
    const table = Object.entries(errorTable).map(([code, { exitCode }]) => [code, exitCode] as const);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(table));
  });
});
