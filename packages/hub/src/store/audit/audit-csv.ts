import { setImmediate as nextTurn } from "node:timers/promises";
import { csvLine } from "../csv.ts";
import type { AuditRecord } from "./audit.ts";

const pageRows = 500;

const columns: readonly (keyof AuditRecord)[] = [
  "id",
  "time",
  "actor",
  "actorType",
  "keyId",
  "action",
  "method",
  "path",
  "kind",
  "project",
  "name",
  "uid",
  "status",
  "message",
  "requestId",
  "sourceAddress",
  "note",
];

/** All entries that `page` has, a piece per page; others get their turn in between, as SQLite's pages come without waiting. */
export async function* auditCsv(
  page: (before: string | undefined, limit: number) => Promise<readonly AuditRecord[]>,
): AsyncGenerator<string> {
  yield csvLine(columns);
  for (let before: string | undefined; ; ) {
    const records = await page(before, pageRows);
    if (records.length > 0) yield records.map(lineOf).join("");
    if (records.length < pageRows) return;
    before = records.at(-1)?.id;
    await nextTurn();
  }
}

function lineOf(record: AuditRecord): string {
  return csvLine(
    columns.map((column) => (column === "time" ? new Date(record.time).toISOString() : String(record[column] ?? ""))),
  );
}
