import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../testing/index.ts";
import { createWorkQueue } from "./create-work-queue.ts";
import type { Outcome, Priority, WorkQueueOptions } from "./work-queue.ts";

interface Running {
  key: string;
  succeed(outcome?: Outcome): void;
  fail(): void;
}

/** Not whole, so that the end of a backoff and another delay never fall together: their order is not promised. */
const backoff = { baseMs: 10.001, maxMs: 100.001 };

/** A queue whose handlers end when the test says so. */
function openQueue(options: Partial<WorkQueueOptions> = {}) {
  const clock = new FakeClock();
  const started: string[] = [];
  const running: Running[] = [];
  let overlap = false;
  const queue = createWorkQueue({
    clock,
    backoff,
    handle: (key) => {
      overlap ||= running.some((each) => each.key === key);
      started.push(key);
      return new Promise<Outcome>((resolve, reject) => {
        const leave = () => running.splice(running.indexOf(run), 1);
        const run: Running = {
          key,
          succeed(outcome) {
            leave();
            resolve(outcome);
          },
          fail() {
            leave();
            reject(new Error("failed"));
          },
        };
        running.push(run);
      });
    },
    ...options,
  });
  return { queue, clock, started, running, overlapped: () => overlap };
}

type Step =
  | { do: "add"; key: string; priority: Priority }
  | { do: "addAfter"; key: string; ms: number }
  | { do: "advance"; ms: number }
  | { do: "end"; which: number; how: "succeed" | "fail" | "later" };

const key = fc.constantFrom("a", "b", "c", "d");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("add" as const), key, priority: fc.constantFrom<Priority>("high", "normal", "low") }),
  fc.record({ do: fc.constant("addAfter" as const), key, ms: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ do: fc.constant("advance" as const), ms: fc.integer({ min: 1, max: 70 }) }),
  fc.record({
    do: fc.constant("end" as const),
    which: fc.nat(5),
    how: fc.constantFrom("succeed" as const, "fail" as const, "later" as const),
  }),
);

const laterMs = 25;
const order: Priority[] = ["high", "normal", "low"];

/** The contract again, slow and plain: what must have been started, in which order. */
class Model {
  readonly started: string[] = [];
  readonly running: { key: string; again: Priority | undefined }[] = [];
  #waiting: { key: string; priority: Priority }[] = [];
  #failures = new Map<string, number>();
  #retries = new Map<string, number>();
  #timers = new Map<string, number>();
  #now = 0;
  readonly #concurrency: number;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  get delayed(): number {
    return new Set([...this.#retries.keys(), ...this.#timers.keys()]).size;
  }

  get depth(): number {
    return this.#waiting.length;
  }

  add(key: string, priority: Priority): void {
    this.#retries.delete(key);
    const running = this.running.find((each) => each.key === key);
    if (running) {
      const rises = !running.again || order.indexOf(priority) < order.indexOf(running.again);
      if (rises) running.again = priority;
      return;
    }
    const waiting = this.#waiting.find((each) => each.key === key);
    if (waiting && order.indexOf(waiting.priority) <= order.indexOf(priority)) return;
    this.#waiting = this.#waiting.filter((each) => each.key !== key);
    this.#waiting.push({ key, priority });
    this.#fill();
  }

  addAfter(key: string, ms: number): void {
    if ((this.#timers.get(key) ?? Number.POSITIVE_INFINITY) <= this.#now + ms) return;
    this.#timers.delete(key);
    this.#timers.set(key, this.#now + ms);
  }

  end(index: number, how: "succeed" | "fail" | "later"): void {
    const [ended] = this.running.splice(index, 1);
    if (!ended) return;
    if (how === "fail") {
      const failures = (this.#failures.get(ended.key) ?? 0) + 1;
      this.#failures.set(ended.key, failures);
      if (!ended.again)
        this.#retries.set(ended.key, this.#now + Math.min(backoff.maxMs, backoff.baseMs * 2 ** (failures - 1)));
    } else {
      this.#failures.delete(ended.key);
      if (how === "later") this.addAfter(ended.key, laterMs);
    }
    if (ended.again) this.add(ended.key, ended.again);
    this.#fill();
  }

  /** The next moment at which something becomes due, not after `until`. */
  nextDue(until: number): number | undefined {
    const due = [...this.#retries.values(), ...this.#timers.values()].filter((each) => each <= until);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  moveTo(now: number): void {
    this.#now = now;
    for (const delays of [this.#retries, this.#timers]) {
      for (const [key, due] of [...delays]) {
        if (due > now) continue;
        delays.delete(key);
        this.add(key, "normal");
      }
    }
  }

  #fill(): void {
    while (this.running.length < this.#concurrency) {
      const next = order.flatMap((priority) => this.#waiting.filter((each) => each.priority === priority))[0];
      if (!next) return;
      this.#waiting = this.#waiting.filter((each) => each !== next);
      this.running.push({ key: next.key, again: undefined });
      this.started.push(next.key);
    }
  }
}

describe("A work queue", () => {
  it("does what its contract says under any order of adds, delays, ends and failures", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, concurrency) => {
          const { queue, clock, started, running, overlapped } = openQueue({ concurrency });
          const model = new Model(concurrency);
          const begin = clock.now();
          queue.start();
          for (const each of steps) {
            if (each.do === "add") {
              queue.add(each.key, each.priority);
              model.add(each.key, each.priority);
            } else if (each.do === "addAfter") {
              queue.addAfter(each.key, each.ms);
              model.addAfter(each.key, each.ms);
            } else if (each.do === "advance") {
              const until = clock.now() - begin + each.ms;
              for (let due = model.nextDue(until); due !== undefined; due = model.nextDue(until)) model.moveTo(due);
              model.moveTo(until);
              await clock.advance(each.ms);
            } else if (running.length > 0) {
              const index = each.which % running.length;
              const run = running[index] as Running;
              model.end(
                model.running.findIndex((other) => other.key === run.key),
                each.how,
              );
              if (each.how === "fail") run.fail();
              else run.succeed(each.how === "later" ? { after: laterMs } : undefined);
            }
            await clock.advance(0);
            // Keys that become due at the same moment may come in any order, so only the sets are compared across them.
            expect([...started].sort()).toEqual([...model.started].sort());
            expect(queue.metrics.running).toBe(model.running.length);
            expect(queue.metrics.depth).toBe(model.depth);
            expect(queue.metrics.delayed).toBe(model.delayed);
          }
          expect(overlapped()).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("hands out higher priorities first and keeps the order inside each", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ key: fc.integer({ min: 0, max: 9 }), priority: fc.constantFrom(...order) })),
        async (adds) => {
          const { queue, clock, started, running } = openQueue();
          const model = new Model(0);
          for (const each of adds) {
            queue.add(`${each.key}`, each.priority);
            model.add(`${each.key}`, each.priority);
          }
          const waiting = new Map<string, Priority>();
          for (const each of adds) {
            const id = `${each.key}`;
            const before = waiting.get(id);
            if (before && order.indexOf(before) <= order.indexOf(each.priority)) continue;
            waiting.delete(id);
            waiting.set(id, each.priority);
          }
          const expected = order.flatMap((priority) =>
            [...waiting].filter(([, own]) => own === priority).map(([id]) => id),
          );
          queue.start();
          for (let left = expected.length; left > 0; left -= 1) {
            await clock.advance(0);
            running[0]?.succeed();
          }
          await clock.advance(0);
          expect(started).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("doubles the backoff of a failing key up to the limit and forgets it after a success", async () => {
    const { queue, clock, started, running } = openQueue({ backoff: { baseMs: 10, maxMs: 100 } });
    queue.start();
    queue.add("a");
    for (const pause of [10, 20, 40, 80, 100, 100]) {
      await clock.advance(0);
      running[0]?.fail();
      const before = started.length;
      await clock.advance(pause - 1);
      expect(started.length).toBe(before);
      await clock.advance(1);
      expect(started.length).toBe(before + 1);
    }
    running[0]?.succeed();
    await clock.advance(1_000);
    const before = started.length;
    queue.add("a");
    await clock.advance(0);
    running[0]?.fail();
    await clock.advance(10);
    expect(started.length).toBe(before + 2);
  });

  it("handles a key that is added during its backoff at once, and not again when the backoff ends", async () => {
    const { queue, clock, started, running } = openQueue({ backoff: { baseMs: 1_000, maxMs: 1_000 } });
    queue.start();
    queue.add("a");
    await clock.advance(0);
    running[0]?.fail();
    await clock.advance(0);
    queue.add("a");
    await clock.advance(0);
    expect(started).toEqual(["a", "a"]);
    running[0]?.succeed();
    await clock.advance(10_000);
    expect(started).toEqual(["a", "a"]);
  });

  it("reports each failure with its count before the key is queued again", async () => {
    const seen: [string, number, number][] = [];
    const opened = openQueue({
      backoff: { baseMs: 10, maxMs: 100 },
      onError: (key, _error, failures) => void seen.push([key, failures, opened.queue.metrics.delayed]),
    });
    const { queue, clock, running } = opened;
    queue.start();
    queue.add("a");
    await clock.advance(0);
    running[0]?.fail();
    await clock.advance(10);
    running[0]?.fail();
    await clock.advance(0);
    expect(seen).toEqual([
      ["a", 1, 0],
      ["a", 2, 0],
    ]);
  });

  it("is idle only when nothing waits, is delayed, or runs", async () => {
    const { queue, clock, running } = openQueue();
    let idle = false;
    queue.addAfter("a", 50);
    void queue.idle().then(() => {
      idle = true;
    });
    queue.start();
    await clock.advance(49);
    expect(idle).toBe(false);
    await clock.advance(1);
    expect(idle).toBe(false);
    running[0]?.succeed();
    await clock.advance(0);
    expect(idle).toBe(true);
  });

  it("aborts running handlers on stop, waits for them, and starts nothing more", async () => {
    const clock = new FakeClock();
    const started: string[] = [];
    let ended = false;
    const queue = createWorkQueue({
      clock,
      handle: async (key, signal) => {
        started.push(key);
        await clock.sleep(1e9, signal).catch(() => {});
        await clock.sleep(5);
        ended = true;
        return undefined;
      },
    });
    queue.start();
    queue.add("a");
    queue.add("b");
    await clock.advance(0);
    const stopped = queue.stop().then(() => ended);
    queue.add("c");
    await clock.advance(5);
    expect(await stopped).toBe(true);
    await clock.advance(1e6);
    expect(started).toEqual(["a"]);
  });
});
