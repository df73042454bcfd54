import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "./run.ts";

async function procFile(pid: number, file: string): Promise<string> {
  return await readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
}

async function pids(): Promise<number[]> {
  return (await readdir("/proc")).map(Number).filter((pid) => pid > 0);
}

/** Processes inside a pod's containers whose command line contains `command`. */
export async function processesOfPod(podUid: string, command: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await pids()) {
    const [cgroup, line] = await Promise.all([procFile(pid, "cgroup"), procFile(pid, "cmdline")]);
    if (cgroup.includes(podUid) && line.replaceAll("\0", " ").includes(command)) found.push(pid);
  }
  return found;
}

/** Processes whose command line contains every one of the words. */
export async function processesLike(...words: string[]): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await pids()) {
    const line = (await procFile(pid, "cmdline")).replaceAll("\0", " ");
    if (pid !== process.pid && words.every((word) => line.includes(word))) found.push(pid);
  }
  return found;
}

/** Kills without a warning; there must be something to kill. */
export function killHard(found: number[]): void {
  if (found.length === 0) throw new Error("there is no such process to kill");
  for (const pid of found) process.kill(pid, "SIGKILL");
}

/** Drops TCP to a port, as seen inside the network namespace of a process, for a while. */
export async function cutPort(pid: number, port: number, ms: number, from = "0.0.0.0/0"): Promise<void> {
  const rule = ["INPUT", "-p", "tcp", "--dport", String(port), "-s", from, "-j", "DROP"];
  const inside = (action: string) => must("nsenter", ["-t", String(pid), "-n", "iptables", "-w", action, ...rule]);
  await inside("-I");
  try {
    await sleep(ms);
  } finally {
    await inside("-D");
  }
}
