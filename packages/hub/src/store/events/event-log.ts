import type { Clock } from "@inkube/kube";
import type { Transaction } from "kysely";
import { boundedText } from "../bounded-text.ts";
import { checkedInteger, checkedLimit, checkedTime } from "../checked-number.ts";
import { createCursors } from "../cursor.ts";
import type { Database } from "../database.ts";
import { pruneInSteps } from "../prune.ts";
import { bounds, type EventsTable, type Schema } from "../schema.ts";
import { type EventPosition, matching } from "./event-filter.ts";
import type { EventEntry, EventFilter, EventLog, EventObject, EventRecord, EventType } from "./events.ts";

/** How many events of an object are kept. */
const keptPerObject = 1_000;
/** Rows in one transaction. */
const writeRows = 200;

export interface EventLogOptions {
  database: Database;
  cursorKey: string;
  clock: Clock;
}

export function createEventLog({ database, cursorKey, clock }: EventLogOptions): EventLog {
  const cursors = createCursors<EventPosition>("events", cursorKey);
  return {
    async record(entries) {
      const rows = newestOfEach(entries.map(toRow));
      for (let start = 0; start < rows.length; start += writeRows) {
        const some = rows.slice(start, start + writeRows);
        await database.write(
          async (tx) => {
            await upsert(tx, some);
            for (const object of new Set(some.map((row) => row.object))) await forgetOldest(tx, object);
          },
          { repeatable: true },
        );
      }
    },
    list: (filter) => list(database, filter, clock.now()),
    async page({ limit, cursor, ...filter }) {
      const size = checkedLimit(limit, keptPerObject);
      const after = cursor === undefined ? undefined : cursors.read(cursor);
      const found = await database.read((db) => {
        const newest = db.selectFrom("events").selectAll().where(matching(filter, after)).orderBy("lastTime", "desc");
        const sorted = newest.orderBy("object", "desc").orderBy("host", "desc").orderBy("uid", "desc");
        return sorted.limit(size + 1).execute();
      });
      const items = found.slice(0, size).map(toRecord);
      const last = found.length > size ? found[size - 1] : undefined;
      return last ? { items, next: cursors.write([last.lastTime, last.object, last.host, last.uid]) } : { items };
    },
    prune: (olderThan) => prune(database, olderThan),
  };
}

async function list(database: Database, filter: EventFilter, now: number): Promise<EventRecord[]> {
  const { severity, maxAgeMs, limit, ...object } = filter;
  const size = checkedLimit(limit, keptPerObject);
  const since = maxAgeMs === undefined ? 0 : now - checkedInteger(maxAgeMs, "age");
  const rows = await database.read((db) => {
    let query = db.selectFrom("events").selectAll().where("object", "=", keyOf(object));
    query = query.where("lastTime", ">=", since);
    if (severity) query = query.where("type", "=", severity);
    const newest = query.orderBy("lastTime", "desc").orderBy("host", "desc").orderBy("uid", "desc");
    return newest.limit(size).execute();
  });
  return rows.map(toRecord);
}

async function prune(database: Database, olderThan: number): Promise<number> {
  const end = checkedTime(olderThan);
  return await pruneInSteps(database, (tx, rows) =>
    tx.deleteFrom("events").where(
      (eb) => eb.refTuple("object", "host", "uid"),
      "in",
      (eb) =>
        eb
          .selectFrom("events")
          .select(["object", "host", "uid"])
          .where("lastTime", "<", end)
          .limit(rows)
          .$asTuple("object", "host", "uid"),
    ),
  );
}

async function upsert(tx: Transaction<Schema>, rows: readonly EventsTable[]): Promise<void> {
  await tx
    .insertInto("events")
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(["object", "host", "uid"])
        .doUpdateSet((eb) => ({
          type: eb.ref("excluded.type"),
          reason: eb.ref("excluded.reason"),
          message: eb.ref("excluded.message"),
          component: eb.ref("excluded.component"),
          count: eb.ref("excluded.count"),
          firstTime: eb.ref("excluded.firstTime"),
          lastTime: eb.ref("excluded.lastTime"),
        }))
        .whereRef("excluded.lastTime", ">=", "events.lastTime"),
    )
    .execute();
}

/** Reads a thousand entries of an index, without their rows, and deletes the few behind them. */
async function forgetOldest(tx: Transaction<Schema>, object: string): Promise<void> {
  await tx
    .deleteFrom("events")
    .where("object", "=", object)
    .where(
      (eb) => eb.refTuple("lastTime", "host", "uid"),
      "<=",
      (eb) =>
        eb
          .selectFrom("events as newest")
          .select(["newest.lastTime", "newest.host", "newest.uid"])
          .where("newest.object", "=", object)
          .orderBy("newest.lastTime", "desc")
          .orderBy("newest.host", "desc")
          .orderBy("newest.uid", "desc")
          .limit(1)
          .offset(keptPerObject)
          .$asTuple("lastTime", "host", "uid"),
    )
    .execute();
}

/** One row for each event, in the order of their keys: PostgreSQL refuses a row twice, and two orders could deadlock. */
function newestOfEach(rows: readonly EventsTable[]): EventsTable[] {
  const keyed = new Map<string, EventsTable>();
  for (const row of rows) {
    const key = JSON.stringify([row.object, row.host, row.uid]);
    const other = keyed.get(key);
    if (!other || other.lastTime <= row.lastTime) keyed.set(key, row);
  }
  return [...keyed].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
}

function keyOf(object: EventObject): string {
  const key = (text: string) => boundedText(text, bounds.key);
  if ("cluster" in object) return `cluster ${key(object.project)}/${key(object.cluster)}`;
  return `host ${key(object.host)}`;
}

function toRow(entry: EventEntry): EventsTable {
  const { host, project = "", cluster = "" } = entry;
  const key = (text: string) => boundedText(text, bounds.key);
  return {
    object: keyOf(cluster === "" ? { host } : { project, cluster }),
    host: key(host),
    project: cluster === "" ? "" : key(project),
    cluster: key(cluster),
    uid: key(entry.uid),
    type: entry.type,
    reason: key(entry.reason),
    message: boundedText(entry.message, bounds.message),
    component: key(entry.component),
    count: checkedInteger(entry.count, "count"),
    firstTime: checkedTime(entry.firstTime),
    lastTime: checkedTime(entry.lastTime),
  };
}

function toRecord({ object: _, project, cluster, type, ...row }: EventsTable): EventRecord {
  return { ...row, project: project || null, cluster: cluster || null, type: type as EventType };
}
