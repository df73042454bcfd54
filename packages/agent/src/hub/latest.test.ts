import { expect, it } from "vitest";
import { latest } from "./latest.ts";

it("runs once more for all that was asked meanwhile, and again when it is asked later", async () => {
  const started: PromiseWithResolvers<void>[] = [];
  const ask = latest(() => {
    const one = Promise.withResolvers<void>();
    started.push(one);
    return one.promise;
  });
  for (let times = 0; times < 5; times += 1) ask();
  expect(started).toHaveLength(1);
  started[0]?.resolve();
  await expect.poll(() => started.length).toBe(2);
  started[1]?.resolve();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(started).toHaveLength(2);
  ask();
  await expect.poll(() => started.length).toBe(3);
  started[2]?.resolve();
});
