import { FakeClock } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { ErrorBudget } from "./error-budget.ts";

function fail(budget: ErrorBudget, times: number): void {
  for (let time = 0; time < times; time += 1) budget.failed();
}

describe("the error budget", () => {
  it("lets a cluster rest after twenty failures in a row, and not before", () => {
    const budget = new ErrorBudget(new FakeClock());
    fail(budget, 19);
    expect(budget.restMs).toBe(0);
    fail(budget, 1);
    expect(budget.restMs).toBe(1_000);
  });

  it("is whole again after one success", () => {
    const budget = new ErrorBudget(new FakeClock());
    fail(budget, 19);
    budget.succeeded();
    fail(budget, 19);
    expect(budget.restMs).toBe(0);
  });

  it("rests twice as long after each rest that did not help, up to a minute", async () => {
    const clock = new FakeClock();
    const budget = new ErrorBudget(clock);
    fail(budget, 20);
    const rests: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      rests.push(budget.restMs);
      await clock.advance(budget.restMs);
      fail(budget, 1);
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it("does not lengthen a rest by requests that were still under way", () => {
    const budget = new ErrorBudget(new FakeClock());
    fail(budget, 40);
    expect(budget.restMs).toBe(1_000);
  });
});
