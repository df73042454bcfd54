import { readdir, readFile } from "node:fs/promises";
import { must } from "./run.ts";

/** What a host may leave on a machine; everything is a sorted list of lines so that two can be compared. */
export interface Footprint {
  mounts: string[];
  namespaces: string[];
  links: string[];
  rules: string[];
  cgroups: string[];
  processes: string[];
}

const programs = /^(containerd|kubelet|kube-|kine|runc|coredns|pause|local-path)/;

async function processes(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const name = (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim();
    if (programs.test(name)) found.push(`${pid} ${name}`);
  }
  return found.sort();
}

async function lines(file: string, ...args: string[]): Promise<string[]> {
  return (await must(file, args)).split("\n").filter(Boolean).sort();
}

/** Reads it now. */
export async function footprint(): Promise<Footprint> {
  const links = await lines("ip", "-o", "link");
  const rules = await lines("iptables-save");
  return {
    mounts: (await lines("cat", "/proc/self/mounts")).map((line) => line.split(" ").slice(0, 3).join(" ")),
    namespaces: await lines("ip", "netns", "list"),
    links: links.map((line) => (line.split(": ")[1] ?? "").split("@")[0] ?? ""),
    rules: rules.filter((line) => line.startsWith("-A")),
    cgroups: await lines("find", "/sys/fs/cgroup", "-mindepth", "2", "-type", "d"),
    processes: await processes(),
  };
}
