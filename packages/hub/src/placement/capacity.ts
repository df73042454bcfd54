import type { HostCluster, NestedCluster } from "@inkube/api";
import { parseQuantity } from "@inkube/kube";

/** Amounts of what placement counts: CPU in cores, memory and storage in bytes. */
export interface Amounts {
  cpu: number;
  memory: number;
  storage: number;
}

export const countedResources = ["cpu", "memory", "storage"] as const;

/** The most that a nested cluster may take: its size. */
export function sizeOf({ spec }: Pick<NestedCluster, "spec">): Amounts {
  const { cpu, memory, storage } = spec.size;
  return {
    cpu: parseQuantity(String(cpu)),
    memory: parseQuantity(String(memory)),
    storage: parseQuantity(String(storage)),
  };
}

/** What the nodes of a host can allocate; storage is what the host's specification says, else the nodes' ephemeral storage. */
export function allocatableOf({ spec, status }: Pick<HostCluster, "spec" | "status">): Amounts {
  const capacity = (status?.capacity ?? {}) as Record<string, string | number | undefined>;
  const amount = (resource: string): number => parseQuantity(String(capacity[resource] ?? 0));
  const storage = spec.capacity?.storage;
  return {
    cpu: amount("cpu"),
    memory: amount("memory"),
    storage: storage === undefined ? amount("ephemeral-storage") : parseQuantity(String(storage)),
  };
}

/** What of each resource is there, taken and left. */
export type Figures = Record<(typeof countedResources)[number], { total: number; used: number; free: number }>;

/**
 * The rule of oversubscription: for each resource the sizes of all nested clusters on a host add up to at most
 * `allocatable * percent / 100`. All that are on the host count, of whatever group; so do paused ones' storage, but not their
 * CPU and memory.
 */
export function figuresOf(host: HostCluster, percent: number, clusters: Iterable<NestedCluster>): Figures {
  const allocatable = allocatableOf(host);
  const used: Amounts = { cpu: 0, memory: 0, storage: 0 };
  for (const cluster of clusters) add(used, sizeOf(cluster));
  const figure = (resource: keyof Amounts) => {
    const total = (allocatable[resource] * percent) / 100;
    return { total, used: used[resource], free: Math.max(0, total - used[resource]) };
  };
  return { cpu: figure("cpu"), memory: figure("memory"), storage: figure("storage") };
}

/** Sums of several hosts' figures. */
export function sumFigures(all: readonly Figures[]): Figures {
  const figure = (resource: keyof Amounts) => {
    const sum = (part: "total" | "used" | "free"): number => all.reduce((total, one) => total + one[resource][part], 0);
    return { total: sum("total"), used: sum("used"), free: sum("free") };
  };
  return { cpu: figure("cpu"), memory: figure("memory"), storage: figure("storage") };
}

/** Less than any unit that people use; sums of fractions are not exact. */
const tolerance = 1e-6;

/** Resources of which there is too little for this size. */
export function lacking(figures: Figures, size: Amounts): (keyof Amounts)[] {
  return countedResources.filter(
    (resource) => figures[resource].used + size[resource] > figures[resource].total + tolerance,
  );
}

function add(sum: Amounts, more: Amounts): void {
  for (const resource of countedResources) sum[resource] += more[resource];
}
