import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { readTextIfThere, writeFileAtomically } from "../write-file.ts";

/** Settings of the whole machine that a kubelet changes when it starts. */
const settings = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
] as const;

// Like the settings themselves, what is in /run ends with a reboot.
const memory = "/run/inkube-kernel-settings.json";

/** Writes down how the machine was set, unless an earlier host has done so. Call before a kubelet starts. */
export function rememberKernelSettings(): void {
  if (readTextIfThere(memory) !== undefined) return;
  const values = settings.map((name) => [name, readFileSync(`/proc/sys/${name}`, "utf8").trim()]);
  writeFileAtomically(memory, JSON.stringify(Object.fromEntries(values)));
}

/** Sets the machine as it was before its first host; for when the last one is gone. */
export function restoreKernelSettings(): void {
  const text = readTextIfThere(memory);
  if (text === undefined) return;
  const values = JSON.parse(text) as Record<string, string>;
  for (const name of settings) {
    const value = values[name];
    try {
      if (value !== undefined) writeFileSync(`/proc/sys/${name}`, value);
    } catch {
      // A machine that is itself a container may not be allowed to.
    }
  }
  rmSync(memory, { force: true });
}
