import { readFileSync, writeFileSync } from "node:fs";

/** Settings of the whole machine that a kubelet changes when it starts. */
const settings = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
] as const;

/** Setting → value, as they are now. */
export function readKernelSettings(): Record<string, string> {
  return Object.fromEntries(settings.map((name) => [name, readFileSync(`/proc/sys/${name}`, "utf8").trim()]));
}

/** Puts values back that were read before; what the kernel refuses stays. */
export function restoreKernelSettings(values: Readonly<Record<string, string>>): void {
  for (const name of settings) {
    const value = values[name];
    if (value === undefined) continue;
    try {
      if (readFileSync(`/proc/sys/${name}`, "utf8").trim() !== value) writeFileSync(`/proc/sys/${name}`, value);
    } catch {
      // A machine that is itself a container may not be allowed to.
    }
  }
}
