import { setImmediate as nextTurn } from "node:timers/promises";
import { AppError } from "@inkube/api";
import { unreachable } from "./store-error.ts";

export interface GroupWriter<Row> {
  /** Resolves when the rows are written, together with those of others; rejects when they were not, or not for sure. */
  append(rows: readonly Row[]): Promise<void>;
  /** Writes what waits, and refuses more. */
  close(): Promise<void>;
}

export interface GroupWriterOptions<Row> {
  /** Writes all rows, or none. */
  write(rows: readonly Row[]): Promise<void>;
  /** Rows in one write, unless one `append` alone has more. */
  maxRows: number;
  /** Rows that may wait; beyond them `append` rejects at once, so that a slow database does not fill the memory. */
  maxWaiting: number;
}

interface Batch<Row> {
  rows: readonly Row[];
  settle: PromiseWithResolvers<void>;
}

/**
 * Writes what comes at the same time in one transaction, as a commit costs a wait for the disk: all appends of one
 * turn of the event loop, and all that arrive while another write is under way. Keeps their order.
 */
export function createGroupWriter<Row>({ write, maxRows, maxWaiting }: GroupWriterOptions<Row>): GroupWriter<Row> {
  let waiting: Batch<Row>[] = [];
  let waitingRows = 0;
  let running: Promise<void> | undefined;
  let closed = false;

  const run = async () => {
    for (await nextTurn(); waiting.length > 0; ) {
      const group = waiting.slice(0, batchesWithin(waiting, maxRows));
      waiting = waiting.slice(group.length);
      const rows = group.flatMap((batch) => batch.rows);
      waitingRows -= rows.length;
      await write(rows).then(
        () => group.forEach((batch) => void batch.settle.resolve()),
        (error) => group.forEach((batch) => void batch.settle.reject(error)),
      );
    }
    running = undefined;
  };

  return {
    async append(rows) {
      if (rows.length === 0) return;
      if (closed) throw new AppError("INTERNAL", "The history is closed.");
      if (waitingRows > 0 && waitingRows + rows.length > maxWaiting) {
        throw new AppError(unreachable, "The history's database is too slow: too much waits to be written.");
      }
      const settle = Promise.withResolvers<void>();
      waiting.push({ rows, settle });
      waitingRows += rows.length;
      running ??= run();
      await settle.promise;
    },
    async close() {
      closed = true;
      await running;
    },
  };
}

/** How many of the batches together have at most `maxRows`; one at least. */
function batchesWithin<Row>(batches: readonly Batch<Row>[], maxRows: number): number {
  let rows = 0;
  const end = batches.findIndex((batch, index) => {
    rows += batch.rows.length;
    return index > 0 && rows > maxRows;
  });
  return end < 0 ? batches.length : end;
}
