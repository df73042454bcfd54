import { readFileSync } from "node:fs";
import { run } from "../command.ts";

/** Mount points at or below `dir`, deepest first, as /proc/self/mountinfo has them. */
export function mountsBelow(dir: string, mountinfo: string = readFileSync("/proc/self/mountinfo", "utf8")): string[] {
  const found: string[] = [];
  for (const line of mountinfo.split("\n")) {
    const point = line
      .split(" ")[4]
      ?.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    if (point !== undefined && (point === dir || point.startsWith(`${dir}/`))) found.push(point);
  }
  // Mounts stacked on one another are listed in order of mounting: the last goes first.
  return found.reverse().sort((a, b) => b.length - a.length);
}

/** Takes away every mount at or below `dir`; busy ones are detached and vanish with their last user. */
export async function unmountBelow(dir: string): Promise<void> {
  for (let round = 0; round < 5; round++) {
    const points = mountsBelow(dir);
    if (points.length === 0) return;
    for (let i = 0; i < points.length; i += 200) {
      await run(["umount", "--lazy", "--no-mtab", ...points.slice(i, i + 200)], { allowFailure: true });
    }
  }
}
