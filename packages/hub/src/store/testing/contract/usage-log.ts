import fc from "fast-check";
import { expect, it } from "vitest";
import type { UsageBucket, UsageFilter, UsageLog } from "../../usage/usage.ts";
import type { ContractPart } from "../describe-store.ts";
import { aSample } from "../entries.ts";
import { refusal } from "../refusal.ts";

const hour = 3_600_000;

async function allBuckets(usage: UsageLog, filter: UsageFilter, limit = 1_000): Promise<UsageBucket[]> {
  const items: UsageBucket[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await usage.list({ ...filter, limit, ...(cursor !== undefined && { cursor }) });
    items.push(...page.items);
    if (page.next === undefined) return items;
    cursor = page.next;
  }
}

/** The order that the list promises: names by their bytes. */
function byKey(left: UsageBucket, right: UsageBucket): number {
  const names = ({ project, cluster }: UsageBucket) => Buffer.from(`${project ?? ""}\0${cluster ?? ""}`);
  return left.bucketStart - right.bucketStart || Buffer.compare(names(left), names(right));
}

/** Hourly sums. */
export const usageLog: ContractPart = (scene) => {
  it("adds samples to the bucket of their hour, those of hosts without project and cluster", async () => {
    const { usage } = scene().store;
    const given = { host: "hours", cpuCoreSeconds: 1.5, memoryByteSeconds: 2 ** 60, storageByteSeconds: 0 };
    await usage.add([{ ...given, time: hour }]);
    await usage.add([
      { ...given, time: 2 * hour - 1, podSeconds: 5, samples: 3 },
      { ...given, time: 2 * hour, project: "p", cluster: "c", podSeconds: 7 },
    ]);
    expect(await allBuckets(usage, { host: "hours" })).toEqual([
      {
        host: "hours",
        project: null,
        cluster: null,
        bucketStart: hour,
        cpuCoreSeconds: 3,
        memoryByteSeconds: 2 ** 61,
        storageByteSeconds: 0,
        podSeconds: 5,
        samples: 4,
      },
      { ...given, project: "p", cluster: "c", bucketStart: 2 * hour, podSeconds: 7, samples: 1 },
    ]);
  });

  it("loses and doubles nothing when two hubs add to the same buckets at once", async () => {
    await using other = await scene().another();
    const { usage } = scene().store;
    const names = ["a", "b", "c", "d", "e"];
    const some = (order: string[]) => order.map((cluster) => aSample({ host: "raced", cluster, time: 5 * hour }));
    const adds = Array.from({ length: 20 }, (_, index) =>
      (index % 2 ? other.usage : usage).add(some(index % 3 ? names : names.toReversed())),
    );
    await Promise.all(adds);
    const buckets = await allBuckets(usage, { host: "raced" });
    expect(buckets.map(({ cluster, cpuCoreSeconds, samples }) => [cluster, cpuCoreSeconds, samples])).toEqual(
      names.map((name) => [name, 20, 20]),
    );
  });

  it("has the sum of all samples in all buckets, each once, in order, for every size of page", async () => {
    const { usage } = scene().store;
    let run = 0;
    const sample = fc.record({
      time: fc.integer({ min: 0, max: 4 * hour }),
      project: fc.constantFrom("", "p", "Q", "ä"),
      cluster: fc.constantFrom("", "c", "B"),
      cpuCoreSeconds: fc.integer({ min: 0, max: 1_000 }),
    });
    const property = fc.asyncProperty(fc.array(fc.array(sample, { maxLength: 9 }), { maxLength: 4 }), async (adds) => {
      run += 1;
      const host = `summed-${run}`;
      for (const samples of adds) await usage.add(samples.map((given) => aSample({ ...given, host })));
      const buckets = await allBuckets(usage, { host }, 1 + (run % 4));
      const keys = buckets.map((bucket) =>
        JSON.stringify([bucket.bucketStart, bucket.project ?? "", bucket.cluster ?? ""]),
      );
      expect(new Set(keys).size).toBe(keys.length);
      expect(buckets).toEqual(buckets.toSorted(byKey));
      const sum = buckets.reduce((total, bucket) => total + bucket.cpuCoreSeconds, 0);
      expect(sum).toBe(adds.flat().reduce((total, { cpuCoreSeconds }) => total + cpuCoreSeconds, 0));
      const counted = buckets.reduce((total, bucket) => total + bucket.samples, 0);
      expect(counted).toBe(adds.flat().length);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  const filters: [string, UsageFilter, string[]][] = [
    ["host", {}, ["host", "p/a", "p/b", "q/a"]],
    ["projects", { projects: ["p"] }, ["p/a", "p/b"]],
    ["no project at all", { projects: [] }, []],
    ["an empty project, which is no right to see hosts", { projects: [""] }, []],
    ["cluster", { cluster: "a" }, ["p/a", "q/a"]],
    ["time", { from: 2 * hour, to: 4 * hour }, ["p/a", "p/b"]],
  ];
  it.each(filters)("finds by %s", async (title, filter, expected) => {
    const { usage } = scene().store;
    const host = `filtered by ${title}`;
    const { project: _, cluster: __, ...ofHost } = aSample({ host, time: hour });
    await usage.add([
      ofHost,
      aSample({ host, time: 2 * hour, project: "p", cluster: "a" }),
      aSample({ host, time: 3 * hour, project: "p", cluster: "b" }),
      aSample({ host, time: 4 * hour, project: "q", cluster: "a" }),
    ]);
    const found = await allBuckets(usage, { ...filter, host });
    expect(found.map(({ project, cluster }) => (project ? `${project}/${cluster}` : "host"))).toEqual(expected);
  });

  it.each([
    { cpuCoreSeconds: Number.NaN },
    { memoryByteSeconds: -1 },
    { storageByteSeconds: Number.POSITIVE_INFINITY },
    { samples: 1.5 },
    { time: -1 },
  ])("refuses %j, and adds nothing of that call", async (wrong) => {
    const { usage } = scene().store;
    await refusal(usage.add([aSample({ host: "wrong" }), aSample({ host: "wrong", ...wrong })]), "USAGE");
    expect(await allBuckets(usage, { host: "wrong" })).toEqual([]);
  });

  it("forgets buckets older than a time", async () => {
    await using database = await scene().fresh();
    await using store = await scene().another(database);
    await store.usage.add(Array.from({ length: 600 }, (_, index) => aSample({ time: index * hour })));
    expect(await store.usage.prune(598 * hour)).toBe(598);
    expect((await allBuckets(store.usage, {})).map(({ bucketStart }) => bucketStart / hour)).toEqual([598, 599]);
  });
};
