import { setTimeout as sleep } from "node:timers/promises";
import { type Environment, inkube } from "./environment.ts";
import { PodTimer } from "./pods.ts";
import { median, type Result } from "./statistics.ts";

const burst = 300;
/** Rests, on both sides alike, in which what a measurement left behind is cleared away and does not count for the next. Milliseconds. */
const restMs = { pod: 300, side: 5_000 };

async function singles(timer: PodTimer, round: number, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = `one-${round}-${index}`;
    times.push(await timer.create([name]));
    await timer.remove([name]);
    await sleep(restMs.pod);
  }
  return times;
}

/** One pod, a burst and its deletion, inside and directly on the host, taken in turns. */
export async function benchSync(environment: Environment, rounds = 3): Promise<Result[]> {
  await inkube("create", "sync", "--cpu", "500", "--memory", "500Gi", "--pods", "5000");
  const nested = await environment.nested("sync");
  await using inside = new PodTimer(nested, "default");
  await using outside = new PodTimer(environment.host, "default");
  await Promise.all([inside.ready(), outside.ready()]);
  const one = { inside: [] as number[], outside: [] as number[] };
  const many = { inside: [] as number[], outside: [] as number[] };
  const gone = { inside: [] as number[], outside: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [side, timer] of [
      ["outside", outside],
      ["inside", inside],
    ] as const) {
      one[side].push(...(await singles(timer, round, 20)));
      const names = Array.from({ length: burst }, (_, index) => `many-${round}-${index}`);
      many[side].push(await timer.create(names));
      gone[side].push(await timer.remove(names));
      await sleep(restMs.side);
    }
  }
  await nested.close();
  await inkube("delete", "sync", "--yes");
  const result = (what: string, times: { inside: number[]; outside: number[] }, target: number): Result => ({
    what,
    measured: median(times.inside),
    reference: median(times.outside),
    unit: "ms",
    target,
  });
  return [
    result("one pod, create to Running, inside / on the host (p50)", one, 3),
    result(`${burst} pods until all are Running, inside / on the host`, many, 1.6),
    result(`${burst} pods until all are gone, inside / on the host`, gone, 2),
  ];
}
