import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { disagreements } from "./testing/agreement.ts";
import { schedules } from "./testing/sync-actions.ts";
import { SyncWorld } from "./testing/sync-world.ts";

const numRuns = Number(process.env.INKUBE_SYNC_RUNS ?? 5_000);
const limitMs = 100_000;

describe("the sync of a nested cluster", () => {
  it("never deletes what lives, and ends in agreement once the faults end", async () => {
    await fc.assert(
      fc.asyncProperty(schedules, fc.nat(), async (schedule, seed) => {
        const world = new SyncWorld(seed);
        world.start();
        for (const action of schedule) await action.run(world);
        world.endFaults();

        // Longer than every backoff and every pause after which the sync looks again by itself.
        for (let second = 0; second < 30; second += 1) {
          await world.clock.advance(5_000);
          world.runHostPods();
        }
        await world.clock.advance(5_000);
        const told = { violations: world.violations, disagreements: disagreements(world) };
        await world.stop();
        expect(told, schedule.map(({ what }) => what).join("\n")).toEqual({ violations: [], disagreements: [] });
      }),
      { numRuns, interruptAfterTimeLimit: limitMs, markInterruptAsFailure: false },
    );
  });
});
