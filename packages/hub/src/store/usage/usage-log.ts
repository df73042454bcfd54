import type { Expression, ExpressionBuilder, SqlBool, Transaction } from "kysely";
import { boundedText } from "../bounded-text.ts";
import { checkedAmount, checkedInteger, checkedLimit, checkedTime } from "../checked-number.ts";
import { createCursors } from "../cursor.ts";
import type { Database } from "../database.ts";
import { keptProjects } from "../kept-projects.ts";
import { pruneInSteps } from "../prune.ts";
import { bounds, type Schema, type UsageTable } from "../schema.ts";
import type { UsageBucket, UsageFilter, UsageLog, UsageSample } from "./usage.ts";

const hourMs = 3_600_000;
const maxPage = 1_000;
const transactionRows = 1_000;
const insertRows = 200;

type Key = [bucketStart: number, host: string, project: string, cluster: string];

export interface UsageLogOptions {
  database: Database;
  cursorKey: string;
}

export function createUsageLog({ database, cursorKey }: UsageLogOptions): UsageLog {
  const cursors = createCursors<Key>("usage", cursorKey);
  return {
    async add(samples) {
      const rows = sumsOfBuckets(samples.map(toRow));
      for (let start = 0; start < rows.length; start += transactionRows) {
        const some = rows.slice(start, start + transactionRows);
        // Not repeatable: a second time would count twice.
        await database.write((tx) => addAll(tx, some));
      }
    },
    async list({ limit, cursor, ...filter }) {
      const size = checkedLimit(limit, maxPage);
      const after = cursor === undefined ? undefined : cursors.read(cursor);
      if (filter.projects?.length === 0) return { items: [] };
      const found = await database.read((db) => {
        const query = db.selectFrom("usage").selectAll().where(matching(filter, after));
        const sorted = query.orderBy("bucketStart").orderBy("host").orderBy("project").orderBy("cluster");
        return sorted.limit(size + 1).execute();
      });
      const rows = found.slice(0, size);
      const last = rows.at(-1);
      const items = rows.map(toBucket);
      return found.length > size && last ? { items, next: cursors.write(keyOf(last)) } : { items };
    },
    prune: (olderThan) => prune(database, olderThan),
  };
}

async function prune(database: Database, olderThan: number): Promise<number> {
  const end = checkedTime(olderThan);
  return await pruneInSteps(database, (tx, rows) =>
    tx.deleteFrom("usage").where(
      (eb) => eb.refTuple("bucketStart", "host", "project", "cluster"),
      "in",
      (eb) =>
        eb
          .selectFrom("usage")
          .select(["bucketStart", "host", "project", "cluster"])
          .where("bucketStart", "<", end)
          .limit(rows)
          .$asTuple("bucketStart", "host", "project", "cluster"),
    ),
  );
}

async function addAll(tx: Transaction<Schema>, rows: readonly UsageTable[]): Promise<void> {
  for (let start = 0; start < rows.length; start += insertRows) {
    await tx
      .insertInto("usage")
      .values(rows.slice(start, start + insertRows))
      .onConflict((conflict) =>
        conflict.columns(["bucketStart", "host", "project", "cluster"]).doUpdateSet((eb) => ({
          cpuCoreSeconds: eb("usage.cpuCoreSeconds", "+", eb.ref("excluded.cpuCoreSeconds")),
          memoryByteSeconds: eb("usage.memoryByteSeconds", "+", eb.ref("excluded.memoryByteSeconds")),
          storageByteSeconds: eb("usage.storageByteSeconds", "+", eb.ref("excluded.storageByteSeconds")),
          podSeconds: eb("usage.podSeconds", "+", eb.ref("excluded.podSeconds")),
          samples: eb("usage.samples", "+", eb.ref("excluded.samples")),
        })),
      )
      .execute();
  }
}

function matching({ projects, cluster, host, from, to }: UsageFilter, after: Key | undefined) {
  return (eb: ExpressionBuilder<Schema, "usage">): Expression<SqlBool> => {
    const conditions: Expression<SqlBool>[] = [];
    const key = (text: string) => boundedText(text, bounds.key);
    if (projects) conditions.push(eb("project", "in", keptProjects(projects)), eb("project", "!=", ""));
    if (cluster !== undefined) conditions.push(eb("cluster", "=", key(cluster)));
    if (host !== undefined) conditions.push(eb("host", "=", key(host)));
    if (from !== undefined) conditions.push(eb("bucketStart", ">=", checkedTime(from)));
    if (to !== undefined) conditions.push(eb("bucketStart", "<", checkedTime(to)));
    if (after) {
      const position = eb.tuple(after[0], after[1], after[2], after[3]);
      conditions.push(eb(eb.refTuple("bucketStart", "host", "project", "cluster"), ">", position));
    }
    return eb.and(conditions);
  };
}

/** One row for each bucket, in the order of their keys: PostgreSQL refuses a row twice, and two orders could deadlock. */
function sumsOfBuckets(rows: readonly UsageTable[]): UsageTable[] {
  const sums = new Map<string, UsageTable>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row));
    const sum = sums.get(key);
    sums.set(key, sum ? plus(sum, row) : row);
  }
  return [...sums].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
}

function plus(one: UsageTable, other: UsageTable): UsageTable {
  return {
    ...one,
    cpuCoreSeconds: one.cpuCoreSeconds + other.cpuCoreSeconds,
    memoryByteSeconds: one.memoryByteSeconds + other.memoryByteSeconds,
    storageByteSeconds: one.storageByteSeconds + other.storageByteSeconds,
    podSeconds: one.podSeconds + other.podSeconds,
    samples: one.samples + other.samples,
  };
}

function keyOf({ bucketStart, host, project, cluster }: UsageTable): Key {
  return [bucketStart, host, project, cluster];
}

function toRow({ host, project = "", cluster = "", time, samples = 1, ...amounts }: UsageSample): UsageTable {
  const start = checkedTime(time);
  return {
    host: boundedText(host, bounds.key),
    project: boundedText(project, bounds.key),
    cluster: boundedText(cluster, bounds.key),
    bucketStart: start - (start % hourMs),
    cpuCoreSeconds: checkedAmount(amounts.cpuCoreSeconds, "processor time"),
    memoryByteSeconds: checkedAmount(amounts.memoryByteSeconds, "memory"),
    storageByteSeconds: checkedAmount(amounts.storageByteSeconds, "storage"),
    podSeconds: checkedAmount(amounts.podSeconds ?? 0, "pods"),
    samples: checkedInteger(samples, "number of samples"),
  };
}

function toBucket({ project, cluster, ...row }: UsageTable): UsageBucket {
  return { ...row, project: project || null, cluster: cluster || null };
}
