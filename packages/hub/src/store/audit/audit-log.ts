import type { Clock } from "@inkube/kube";
import { boundedOrNull, boundedText } from "../bounded-text.ts";
import { checkedInteger, checkedLimit, checkedTime } from "../checked-number.ts";
import { createCursors } from "../cursor.ts";
import type { Database } from "../database.ts";
import { createGroupWriter } from "../group-writer.ts";
import { pruneInSteps } from "../prune.ts";
import { type AuditTable, bounds } from "../schema.ts";
import { firstIdAt, sortableIds } from "../sortable-id.ts";
import type { AuditEntry, AuditFilter, AuditLog, AuditRecord } from "./audit.ts";
import { auditCsv } from "./audit-csv.ts";
import { matching } from "./audit-filter.ts";

export interface AuditLogOptions {
  database: Database;
  cursorKey: string;
  clock: Clock;
}

const maxPage = 200;
/** Rows of one INSERT: few enough to hold SQLite up for about a millisecond. */
const insertRows = 100;
const groupRows = 1_000;
const maxWaitingRows = 20_000;

/** The audit log; `close` writes what waits. */
export function createAuditLog(options: AuditLogOptions): AuditLog & { close(): Promise<void> } {
  const { database, cursorKey, clock } = options;
  const cursors = createCursors<[id: string]>("audit", cursorKey);
  const nextId = sortableIds();
  const writer = createGroupWriter<AuditTable>({
    maxRows: groupRows,
    maxWaiting: maxWaitingRows,
    write: (rows) => insert(database, rows),
  });
  const page = (filter: AuditFilter, before: string | undefined, limit: number): Promise<AuditRecord[]> => {
    if (filter.projects?.length === 0) return Promise.resolve([]);
    return database.read(async (db) => {
      const query = db.selectFrom("audit").selectAll().where(matching(filter, before));
      return (await query.orderBy("id", "desc").limit(limit).execute()) as AuditRecord[];
    });
  };
  return {
    append: async (entries) => await writer.append(entries.map((entry) => toRow(entry, clock.now(), nextId))),
    async list({ limit, cursor, ...filter }) {
      const size = checkedLimit(limit, maxPage);
      const before = cursor === undefined ? undefined : cursors.read(cursor)[0];
      // One more than asked for tells whether there is a next page.
      const found = await page(filter, before, size + 1);
      const items = found.slice(0, size);
      const last = items.at(-1);
      return found.length > size && last ? { items, next: cursors.write([last.id]) } : { items };
    },
    csv: (filter) => auditCsv((before, limit) => page(filter, before, limit)),
    prune: (olderThan) => prune(database, olderThan),
    close: () => writer.close(),
  };
}

async function prune(database: Database, olderThan: number): Promise<number> {
  const end = firstIdAt(checkedTime(olderThan));
  return await pruneInSteps(database, (tx, rows) =>
    tx
      .deleteFrom("audit")
      .where("id", "in", (eb) => eb.selectFrom("audit").select("id").where("id", "<", end).orderBy("id").limit(rows)),
  );
}

/** Ids make it repeatable: what is there already is left alone. */
async function insert(database: Database, rows: readonly AuditTable[]): Promise<void> {
  await database.write(
    async (tx) => {
      for (let start = 0; start < rows.length; start += insertRows) {
        const some = rows.slice(start, start + insertRows);
        await tx
          .insertInto("audit")
          .values(some)
          .onConflict((conflict) => conflict.column("id").doNothing())
          .execute();
      }
    },
    { repeatable: true },
  );
}

function toRow(entry: AuditEntry, now: number, nextId: (time: number) => string): AuditTable {
  const time = checkedTime(entry.time ?? now);
  const key = (text: string) => boundedText(text, bounds.key);
  const keyOrNull = (text: string | undefined) => boundedOrNull(text, bounds.key);
  return {
    id: nextId(time),
    time,
    actor: key(entry.actor),
    actorType: entry.actorType,
    keyId: keyOrNull(entry.keyId),
    action: key(entry.action),
    method: key(entry.method),
    path: boundedText(entry.path, bounds.path),
    kind: key(entry.kind),
    project: keyOrNull(entry.project),
    name: keyOrNull(entry.name),
    uid: keyOrNull(entry.uid),
    status: checkedInteger(entry.status, "status"),
    message: boundedText(entry.message, bounds.message),
    requestId: key(entry.requestId),
    sourceAddress: key(entry.sourceAddress),
    note: boundedOrNull(entry.note, bounds.message),
  };
}
