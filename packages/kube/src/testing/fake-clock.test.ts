import { describe, expect, it } from "vitest";
import { FakeClock } from "./fake-clock.ts";
import { seededRandom } from "./seeded-random.ts";

describe("A fake clock", () => {
  it("wakes sleepers in order of their time, and those that begin on the way", async () => {
    const clock = new FakeClock(0);
    const woken: string[] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name} at ${clock.now()}`);
    };
    void sleep("late", 30);
    void sleep("early", 10).then(() => sleep("again", 10));
    await clock.advance(25);
    expect(woken).toEqual(["early at 10", "again at 20"]);
    expect(clock.now()).toBe(25);
    await clock.advance(5);
    expect(woken.at(-1)).toBe("late at 30");
  });

  it.each([3_600_000, -3_600_000])("is set by %i ms without changing how long anybody sleeps", async (ms) => {
    const clock = new FakeClock();
    const begin = clock.now();
    let woken = false;
    void clock.sleep(10).then(() => {
      woken = true;
    });
    clock.jump(ms);
    expect(clock.now()).toBe(begin + ms);
    await clock.advance(9);
    expect(woken).toBe(false);
    await clock.advance(1);
    expect(woken).toBe(true);
  });

  it("rejects an aborted sleep with the reason and forgets it", async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const sleeping = clock.sleep(10, abort.signal);
    abort.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("enough");
    await expect(clock.sleep(10, abort.signal)).rejects.toThrow("enough");
    expect(clock.sleeping).toBe(0);
  });
});

describe("A seeded random source", () => {
  it("repeats itself for a seed, differs for another, and stays in [0,1)", () => {
    const draw = (seed: number) => Array.from({ length: 200 }, seededRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(3).every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(draw(4)).size).toBe(200);
  });
});
