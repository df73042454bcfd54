import { readdir, readFile, readlink, stat as statFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { must } from "./run.ts";

/** What a host may leave on a machine; everything is a sorted list of lines so that two can be compared. */
export interface Footprint {
  mounts: string[];
  namespaces: string[];
  links: string[];
  rules: string[];
  cgroups: string[];
  /** Only processes of the host that is looked for: others start and end on every machine. */
  processes: string[];
}

/** An embedded host by what it is started with. */
export interface HostPlace {
  name: string;
  stateDir: string;
}

/** Hosts that stand on the machine already: what is theirs may come and go. */
interface Others {
  dirs: string[];
  cgroups: Set<string>;
}

interface Link {
  ifname: string;
  ifalias?: string;
}

const cgroupRoot = "/sys/fs/cgroup";
const aliasPrefix = "inkube:";

async function lines(file: string, ...args: string[]): Promise<string[]> {
  return (await must(file, args)).split("\n").filter(Boolean).sort();
}

async function links(): Promise<Link[]> {
  return JSON.parse(await must("ip", ["-json", "link"])) as Link[];
}

/** The parents of containers and their hierarchies; what is deeper goes with them. */
async function cgroups(): Promise<string[]> {
  const found = await lines("find", cgroupRoot, "-mindepth", "1", "-maxdepth", "2", "-type", "d");
  // Units of an init system come and go with sessions and timers.
  return found.filter((path) => !/\.(service|scope)(\/|$)/.test(path));
}

async function standing(): Promise<Others> {
  const aliases = (await links()).flatMap(({ ifalias }) => (ifalias?.startsWith(aliasPrefix) ? [ifalias] : []));
  const names = (await cgroups()).flatMap((path) => path.match(/\/(inkube-[^/]+)/)?.[1] ?? []);
  return { dirs: aliases.map((alias) => alias.slice(aliasPrefix.length)), cgroups: new Set(names) };
}

/** What the kernel tells of a process that ended meanwhile, or is not ours to see, is nothing. */
const nothing = () => "";

async function isOf(pid: string, dir: string, cgroup: (name: string) => boolean, netns?: number): Promise<boolean> {
  const proc = join("/proc", pid);
  const [stat, cmdline, groups, cwd, root, net] = await Promise.all([
    readFile(join(proc, "stat"), "utf8").catch(nothing),
    readFile(join(proc, "cmdline"), "utf8").catch(nothing),
    readFile(join(proc, "cgroup"), "utf8").catch(nothing),
    readlink(join(proc, "cwd")).catch(nothing),
    readlink(join(proc, "root")).catch(nothing),
    readlink(join(proc, "ns/net")).catch(nothing),
  ]);
  // A zombie has ended; it keeps its number and its cgroup's name until the machine's init has asked for its exit code.
  if (/\) [ZX] /.test(stat)) return false;
  const below = (path: string) => `${path}/`.startsWith(`${dir}/`);
  if (cmdline.includes(`${dir}/`) || below(cwd) || below(root)) return true;
  if (netns !== undefined && net === `net:[${netns}]`) return true;
  return [...groups.matchAll(/:\/(inkube-[^/\n]+)/g)].some(([, name]) => name !== undefined && cgroup(name));
}

/**
 * A way to read the footprint of one host again and again. Hosts that stand already when this is called are left out
 * of every list; whatever else changes on the machine is in it.
 */
export async function footprintOf(place: HostPlace): Promise<() => Promise<Footprint>> {
  const dir = join(resolve(place.stateDir), place.name);
  const others = await standing();
  const ownCgroup = (name: string) => name.startsWith(`inkube-${place.name}-`) && !others.cgroups.has(name);
  const ofOthers = (path: string) => others.dirs.some((other) => `${path}/`.startsWith(`${other}/`));
  const handle = join(dir, "run", "netns");
  // Remembered for when the handle is gone: who is still in there has been left behind.
  let netns: number | undefined;

  return async () => {
    const mounts = (await lines("cat", "/proc/self/mounts")).map((line) => line.split(" ").slice(0, 3).join(" "));
    if (mounts.some((line) => line.split(" ")[1] === handle)) netns = (await statFile(handle)).ino;
    const processes: string[] = [];
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      if (!(await isOf(pid, dir, ownCgroup, netns))) continue;
      processes.push(`${pid} ${(await readFile(`/proc/${pid}/comm`, "utf8").catch(nothing)).trim()}`);
    }
    return {
      mounts: mounts.filter((line) => !ofOthers(line.split(" ")[1] ?? "")),
      namespaces: await lines("ip", "netns", "list"),
      links: (await links())
        .filter(({ ifalias }) => !ifalias?.startsWith(aliasPrefix) || !ofOthers(ifalias.slice(aliasPrefix.length)))
        .map(({ ifname }) => ifname)
        .sort(),
      rules: (await lines("iptables-save")).filter((line) => line.startsWith("-A")),
      cgroups: (await cgroups()).filter((path) => !others.cgroups.has(path.match(/\/(inkube-[^/]+)/)?.[1] ?? "")),
      processes: processes.sort(),
    };
  };
}
