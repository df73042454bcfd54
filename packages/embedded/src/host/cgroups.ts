import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const mountRoot = "/sys/fs/cgroup";
const cgroup2Magic = 0x63677270;

/** Mounted cgroup hierarchies: one per controller with cgroup v1 (and the hybrid layout), the root itself with v2. */
export function hierarchies(root: string = mountRoot): string[] {
  if (statfsSync(root).type === cgroup2Magic) return [root];
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const found = mounts.filter((line) => / - cgroup2? /.test(line)).map((line) => line.split(" ")[4] ?? "");
  return [...new Set(found.filter((path) => path.startsWith(`${root}/`)))];
}

/** Makes the host's cgroup, with a child `system` for its own processes, in every hierarchy. */
export function ensureCgroup(cgroup: string): void {
  for (const hierarchy of hierarchies()) {
    for (const path of [join(hierarchy, cgroup), join(hierarchy, cgroup, "system")]) {
      mkdirSync(path, { recursive: true });
      copyCpuset(path);
    }
  }
}

/** A cpuset of v1 begins empty and accepts no process until it has its parent's CPUs and memory nodes. */
function copyCpuset(path: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const own = join(path, file);
    if (!existsSync(own) || existsSync(join(path, "cgroup.controllers"))) continue;
    if (readFileSync(own, "utf8").trim() !== "") continue;
    writeFileSync(own, readFileSync(join(path, "..", file), "utf8"));
  }
}

/** Moves a process, and so all its future children, into the host's `system` cgroup. */
export function joinCgroup(cgroup: string, pid: number): void {
  for (const hierarchy of hierarchies()) {
    writeFileSync(join(hierarchy, cgroup, "system", "cgroup.procs"), String(pid));
  }
}

/** Every process in the host's cgroups, in whatever hierarchy it is found. */
export function cgroupPids(cgroup: string): Set<number> {
  const pids = new Set<number>();
  for (const hierarchy of hierarchies()) {
    for (const dir of descendants(join(hierarchy, cgroup))) {
      for (const pid of readIfThere(join(dir, "cgroup.procs")).split("\n")) if (pid) pids.add(Number(pid));
    }
  }
  return pids;
}

/** Removes the host's cgroups; gives the ones back that could not go yet because a process is still leaving them. */
export function removeCgroup(cgroup: string): string[] {
  const left: string[] = [];
  for (const hierarchy of hierarchies()) {
    for (const dir of descendants(join(hierarchy, cgroup))) {
      try {
        rmdirSync(dir);
      } catch {
        if (existsSync(dir)) left.push(dir);
      }
    }
  }
  return left;
}

/** Deepest first, the directory itself last. */
function descendants(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const children = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...children.flatMap((entry) => descendants(join(dir, entry.name))), dir];
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
