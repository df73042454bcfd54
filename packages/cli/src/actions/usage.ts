import { beginningOf } from "../clusters/period.ts";
import type { CommandContext } from "../context.ts";
import { pagesOf } from "../hub/pages.ts";
import { printRows } from "../hub/print-rows.ts";
import { structured } from "../output/structured.ts";

const hourSeconds = 3600;
const gibibyte = 2 ** 30;
const dayMs = 24 * 60 * 60_000;

interface Bucket {
  host: string;
  project: string | null;
  cluster: string | null;
  from: string;
  cpuCoreSeconds: number;
  memoryByteSeconds: number;
  storageByteSeconds: number;
  podSeconds: number;
}

export interface UsageFlags {
  "all-projects": boolean;
  host: string | undefined;
  since: number | undefined;
  from: string | undefined;
  to: string | undefined;
}

/** Prints what nested clusters used in a period: the sums for people, every hour for programs. */
export async function showUsageOfClusters(
  cluster: string | undefined,
  flags: UsageFlags,
  context: CommandContext,
): Promise<void> {
  const { host, to } = flags;
  const project = flags["all-projects"] ? undefined : context.globals.project;
  const isOpen = flags.since === undefined && flags.from === undefined && to === undefined;
  const from = beginningOf(isOpen ? { ...flags, since: dayMs } : flags, context.clock);
  const query = { cluster, project, host, from, to };
  const items = await pagesOf<Bucket>(await context.hub(), "/api/v1/usage", query, Number.POSITIVE_INFINITY);
  const { io, globals } = context;
  const text = await structured({ items }, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  await printRows(
    sums(items),
    {
      header: ["PROJECT", "NAME", "HOURS", "CPU h", "MEMORY Gi h", "STORAGE Gi h", "POD h"],
      row: (sum) => [
        sum.project ?? "-",
        sum.cluster ?? "-",
        String(sum.hours),
        amount(sum.cpuCoreSeconds / hourSeconds),
        amount(sum.memoryByteSeconds / gibibyte / hourSeconds),
        amount(sum.storageByteSeconds / gibibyte / hourSeconds),
        amount(sum.podSeconds / hourSeconds),
      ],
      nameOf: (sum) => `nestedcluster.inkube.dev/${sum.cluster ?? "-"}`,
      none: "Nothing is known to have been used in that time",
    },
    context,
  );
}

type Sum = Omit<Bucket, "host" | "from"> & { hours: number };

/** One sum for each nested cluster, whichever hosts it was on. */
function sums(buckets: readonly Bucket[]): Sum[] {
  const byCluster = Map.groupBy(buckets, ({ project, cluster }) => `${project}/${cluster}`);
  return [...byCluster.values()].map((all) => {
    const total = (part: "cpuCoreSeconds" | "memoryByteSeconds" | "storageByteSeconds" | "podSeconds"): number =>
      all.reduce((sum, bucket) => sum + bucket[part], 0);
    const [{ project, cluster }] = all as [Bucket];
    return {
      project,
      cluster,
      hours: new Set(all.map(({ from }) => from)).size,
      cpuCoreSeconds: total("cpuCoreSeconds"),
      memoryByteSeconds: total("memoryByteSeconds"),
      storageByteSeconds: total("storageByteSeconds"),
      podSeconds: total("podSeconds"),
    };
  });
}

function amount(value: number): string {
  return value.toFixed(2);
}
