import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createGroupWriter } from "./group-writer.ts";
import { unreachable } from "./store-error.ts";
import { refusal } from "./testing/refusal.ts";

/** A writer whose writes wait until the test lets them end. */
function heldWriter(limits: { maxRows?: number; maxWaiting?: number } = {}) {
  const writes: { rows: readonly number[]; settle: PromiseWithResolvers<void> }[] = [];
  const write = (rows: readonly number[]) => {
    const settle = Promise.withResolvers<void>();
    writes.push({ rows, settle });
    return settle.promise;
  };
  return { writes, writer: createGroupWriter({ write, maxRows: 4, maxWaiting: 6, ...limits }) };
}

describe("a group writer", () => {
  it("writes the appends of one turn at once, and those that come meanwhile next", async () => {
    const { writes, writer } = heldWriter();
    const first = Promise.all([writer.append([1]), writer.append([2, 3])]);
    await nextTurn();
    const second = Promise.all([writer.append([4]), writer.append([5])]);
    await nextTurn();
    expect(writes.map(({ rows }) => rows)).toEqual([[1, 2, 3]]);
    writes[0]?.settle.resolve();
    await first;
    await nextTurn();
    expect(writes.map(({ rows }) => rows)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    writes[1]?.settle.resolve();
    await second;
  });

  it("resolves nobody before the write ends, and rejects those of a failed write only", async () => {
    const { writes, writer } = heldWriter();
    let settled = "";
    const first = writer.append([1]).catch((error) => (settled += `rejected ${error.message} `));
    await nextTurn();
    const second = writer.append([2]).then(() => (settled += "resolved"));
    expect(settled).toBe("");
    writes[0]?.settle.reject(new Error("away"));
    await first;
    await nextTurn();
    writes[1]?.settle.resolve();
    await second;
    expect(settled).toBe("rejected away resolved");
  });

  it("splits what is more than one write takes, but no append", async () => {
    const { writes, writer } = heldWriter({ maxWaiting: 99 });
    const all = Promise.all([[1, 2], [3], [4, 5], [6, 7, 8, 9, 10], [11]].map((rows) => writer.append(rows)));
    for (let index = 0; index < 4; index += 1) {
      await nextTurn();
      await nextTurn();
      writes[index]?.settle.resolve();
    }
    await all;
    expect(writes.map(({ rows }) => rows)).toEqual([[1, 2, 3], [4, 5], [6, 7, 8, 9, 10], [11]]);
  });

  it("refuses at once when too much waits, and takes more when that is written", async () => {
    const { writes, writer } = heldWriter();
    const first = writer.append([1]);
    await nextTurn();
    const second = writer.append([2, 3, 4, 5]);
    await refusal(writer.append([6, 7, 8]), unreachable);
    writes[0]?.settle.resolve();
    await first;
    await nextTurn();
    const third = writer.append([6, 7, 8]);
    writes[1]?.settle.resolve();
    await nextTurn();
    writes[2]?.settle.resolve();
    await Promise.all([second, third]);
  });

  it("writes what waits when it is closed, and takes no more", async () => {
    const { writes, writer } = heldWriter();
    const append = writer.append([1]);
    const closed = writer.close();
    await refusal(writer.append([2]), "INTERNAL");
    await nextTurn();
    writes[0]?.settle.resolve();
    await Promise.all([append, closed]);
    expect(writes).toHaveLength(1);
  });
});
