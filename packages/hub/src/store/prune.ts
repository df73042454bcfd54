import { setImmediate as nextTurn } from "node:timers/promises";
import type { DeleteResult, Transaction } from "kysely";
import type { Database } from "./database.ts";
import type { Schema } from "./schema.ts";

const rowsPerStep = 500;

interface Deletion {
  executeTakeFirst(): Promise<DeleteResult>;
}

/**
 * Deletes until nothing is left to delete, so many rows in each transaction that no other work waits long.
 * Resolves with the number of rows; what was deleted before an error stays deleted.
 */
export async function pruneInSteps(
  database: Database,
  step: (tx: Transaction<Schema>, rows: number) => Deletion,
): Promise<number> {
  for (let total = 0; ; ) {
    const { numDeletedRows } = await database.write((tx) => step(tx, rowsPerStep).executeTakeFirst());
    total += Number(numDeletedRows);
    if (numDeletedRows < rowsPerStep) return total;
    await nextTurn();
  }
}
