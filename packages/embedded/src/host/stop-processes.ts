import { setTimeout as sleep } from "node:timers/promises";
import { HostError } from "../host-error.ts";
import { livingProcesses } from "../supervisor/pid-record.ts";
import { cgroupPids } from "./cgroups.ts";
import type { HostLayout } from "./host-layout.ts";
import { identify, isAlive, type ProcessIdentity, signalProcess } from "./process-identity.ts";

const timeoutMs = 20_000;

/**
 * Kills every process of a host: first its supervisor, so that nothing is started again, then whatever is recorded or
 * found in its cgroups, containers and their shims included. Fails with `notReady` when something will not die.
 */
export async function stopProcesses(layout: HostLayout): Promise<void> {
  const supervisor = livingProcesses(layout.runDir).find((one) => one.name === "supervisor")?.record.identity;
  if (supervisor !== undefined) await killAll([supervisor]);
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const left = everyProcess(layout);
    if (left.length === 0) return;
    if (performance.now() > deadline) {
      const pids = left.map((identity) => identity.pid).join(", ");
      throw new HostError("notReady", `Processes ${pids} of host ${layout.name} do not end`);
    }
    await killAll(left);
  }
}

function everyProcess(layout: HostLayout): ProcessIdentity[] {
  const recorded = livingProcesses(layout.runDir).map((one) => one.record.identity);
  const known = new Set(recorded.map((identity) => identity.pid));
  const grouped = [...cgroupPids(layout.cgroup)].filter((pid) => pid !== process.pid && !known.has(pid));
  return [...recorded, ...grouped.flatMap((pid) => identify(pid) ?? [])];
}

async function killAll(identities: readonly ProcessIdentity[]): Promise<void> {
  for (const identity of identities) signalProcess(identity, "SIGKILL");
  for (let i = 0; i < 40 && identities.some(isAlive); i++) await sleep(25);
}
