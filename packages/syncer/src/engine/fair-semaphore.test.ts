import { describe, expect, it } from "vitest";
import { FairSemaphore } from "./fair-semaphore.ts";
import { KeyedLock } from "./keyed-lock.ts";

function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, resolve };
}

describe("the fair semaphore", () => {
  it("gives a party with one request the next slot, however many another party has waiting", async () => {
    const semaphore = new FairSemaphore(1);
    const order: string[] = [];
    const first = held();
    const running = semaphore.run("busy", () => first.promise);
    const work = ["busy", "busy", "busy", "quiet"].map((party, index) =>
      semaphore.run(party, async () => {
        order.push(`${party} ${index}`);
      }),
    );
    expect(semaphore.waiting).toBe(4);
    first.resolve();
    await Promise.all([running, ...work]);
    expect(order).toEqual(["busy 0", "quiet 3", "busy 1", "busy 2"]);
  });

  it("never runs more than its slots, and gives a slot back after a failure", async () => {
    const semaphore = new FairSemaphore(2);
    let running = 0;
    let most = 0;
    const work = Array.from({ length: 10 }, (_, index) =>
      semaphore.run(`party ${index % 3}`, async () => {
        running += 1;
        most = Math.max(most, running);
        await undefined;
        running -= 1;
        if (index % 2) throw new Error("refused");
      }),
    );
    const results = await Promise.allSettled(work);
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(5);
    expect(most).toBe(2);
    await expect(semaphore.run("late", async () => "ran")).resolves.toBe("ran");
  });
});

describe("the keyed lock", () => {
  it("runs work of one key one after another, also after a failure, and other keys beside it", async () => {
    const lock = new KeyedLock();
    const order: string[] = [];
    const first = held();
    const a = lock.run("a", async () => {
      await first.promise;
      order.push("a1");
      throw new Error("failed");
    });
    const b = lock.run("a", async () => order.push("a2"));
    await lock.run("b", async () => order.push("b"));
    first.resolve();
    await expect(a).rejects.toThrow("failed");
    await b;
    expect(order).toEqual(["b", "a1", "a2"]);
    expect(lock.size).toBe(0);
  });
});
