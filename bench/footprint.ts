import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type NestedCluster, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { type Environment, inkube } from "./environment.ts";
import type { Result } from "./statistics.ts";

interface Usage {
  /** Resident memory in MiB, each page of a program counted for every process that runs it. */
  rss: number;
  /** Resident memory in MiB that no other process shares: what goes when the process ends. */
  own: number;
  /** CPU time since the start, in clock ticks. */
  ticks: number;
}

async function usageOf(pid: string): Promise<Usage> {
  const [rollup, stat] = await Promise.all([
    readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => ""),
    readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""),
  ]);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const mebibytes = (line: RegExp): number => Number(line.exec(rollup)?.[1] ?? 0) / 1024;
  return {
    rss: mebibytes(/^Rss:\s+(\d+)/m),
    own: mebibytes(/^Private_Dirty:\s+(\d+)/m) + mebibytes(/^Private_Clean:\s+(\d+)/m),
    ticks: Number(fields[11] ?? 0) + Number(fields[12] ?? 0),
  };
}

/** The processes of pods, the pause containers and shims that hold them included, by program name. */
async function processesOf(podUids: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const parents = new Set<string>();
  const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  for (const pid of numbers) {
    const cgroup = await read(pid, "cgroup");
    if (!podUids.some((uid) => cgroup.includes(uid))) continue;
    found.set(pid, (await read(pid, "comm")).trim());
    const stat = await read(pid, "stat");
    parents.add(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? "");
  }
  for (const pid of parents) {
    const comm = (await read(pid, "comm")).trim();
    if (comm.startsWith("containerd-shim")) found.set(pid, comm);
  }
  return found;
}

async function podUids({ host }: Environment, namespace: string): Promise<string[]> {
  const { items } = await host.list(resources.pods, { namespace });
  return items.map((pod) => String(pod.metadata.uid));
}

async function namespaceOf({ host }: Environment, name: string): Promise<string> {
  const object = await host.get(nestedClusters, { namespace: "default", name });
  return (object as unknown as NestedCluster).status?.namespace ?? "";
}

function formatUsage({ rss, own, ticks }: Usage, seconds: number): string {
  const millicores = (ticks / seconds) * 10;
  return `${rss.toFixed(0).padStart(5)} MiB, ${own.toFixed(0).padStart(4)} its own ${millicores.toFixed(1).padStart(6)} millicores`;
}

/** RSS and CPU of everything that one idle nested cluster adds, against its API server alone. */
export async function benchIdle(environment: Environment, seconds = 60): Promise<Result[]> {
  await inkube("create", "idle");
  await sleep(30_000);
  const processes = await processesOf(await podUids(environment, await namespaceOf(environment, "idle")));
  const before = new Map<string, Usage>();
  for (const pid of processes.keys()) before.set(pid, await usageOf(pid));
  await sleep(seconds * 1000);
  const total = { rss: 0, own: 0, ticks: 0 };
  const apiServer = { rss: 0, own: 0, ticks: 0 };
  for (const [pid, name] of processes) {
    const now = await usageOf(pid);
    const usage = { ...now, ticks: now.ticks - (before.get(pid)?.ticks ?? 0) };
    process.stdout.write(`  ${name.padEnd(18)} ${formatUsage(usage, seconds)}\n`);
    for (const sum of name === "kube-apiserver" ? [total, apiServer] : [total]) {
      sum.rss += usage.rss;
      sum.own += usage.own;
      sum.ticks += usage.ticks;
    }
  }
  await inkube("delete", "idle", "--yes");
  const ratio = (what: string, part: keyof Usage, unit: string): Result => ({
    what: `${what} of an idle nested cluster / its API server`,
    measured: total[part],
    reference: apiServer[part],
    unit,
    target: 1.6,
  });
  return [ratio("RSS", "rss", "MiB"), ratio("Memory of its own", "own", "MiB"), ratio("CPU", "ticks", "ticks")];
}

async function syncerMemory(environment: Environment): Promise<number> {
  const selector = { namespace: "inkube-system", labelSelector: "app.kubernetes.io/name=inkube-syncer" };
  const { items } = await environment.host.list(resources.pods, selector);
  const processes = await processesOf(items.map((pod) => String(pod.metadata.uid)));
  const sizes = await Promise.all(
    [...processes].filter(([, name]) => name.startsWith("node") || name === "MainThread").map(([pid]) => usageOf(pid)),
  );
  return sizes.reduce((sum, { rss }) => sum + rss, 0);
}

/** What each further idle nested cluster adds to the shared syncer's memory, from 1 to `count`. */
export async function benchSyncerMemory(environment: Environment, count = 20): Promise<Result[]> {
  await inkube("create", "many-0");
  await sleep(20_000);
  const one = await syncerMemory(environment);
  for (let index = 1; index < count; index += 1) await inkube("create", `many-${index}`);
  await sleep(30_000);
  const all = await syncerMemory(environment);
  await inkube("delete", ...Array.from({ length: count }, (_, index) => `many-${index}`), "--yes");
  const what = `syncer memory per further nested cluster (1 to ${count})`;
  return [{ what, measured: (all - one) / (count - 1), reference: one, unit: "MiB", target: 4, absolute: true }];
}
