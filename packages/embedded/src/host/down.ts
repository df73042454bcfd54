import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exclusively } from "../exclusive.ts";
import { HostError, type Progress } from "../host-error.ts";
import { removeCgroup } from "./cgroups.ts";
import { type HostLayout, hostLayout } from "./host-layout.ts";
import { restoreKernelSettings } from "./kernel-settings.ts";
import { mountsBelow, unmountBelow } from "./mount-table.ts";
import { anyHostIsUp, removeNetwork } from "./network.ts";
import { removeIfEmpty, removeOutsideFiles, removeSharedFiles } from "./outside-files.ts";
import { requireRoot } from "./required-tools.ts";
import { stopProcesses } from "./stop-processes.ts";
import { defaultStateDir } from "./up.ts";

export interface DownOptions {
  /** Default `inkube`. */
  name?: string;
  /** Default `/var/lib/inkube`. */
  stateDir?: string;
  progress?: Progress;
  signal?: AbortSignal;
}

/**
 * Removes a host and everything of it: processes, containers, mounts, network namespace and link, cgroups, state.
 * Works whatever state it is in, after a crash or a reboot too; one that is not there is no error. Caches stay.
 */
export async function down(options: DownOptions = {}): Promise<void> {
  requireRoot(process.getuid?.() ?? 0);
  const layout = hostLayout(options.name ?? "inkube", options.stateDir ?? defaultStateDir);
  const progress = options.progress ?? (() => undefined);
  const onWait = () => progress(`Waiting for another run that works on host ${layout.name}`);
  const { signal } = options;
  await exclusively(`host ${layout.dir}`, () => takeDown(layout, progress), {
    onWait,
    ...(signal === undefined ? {} : { signal }),
  });
}

async function takeDown(layout: HostLayout, progress: Progress): Promise<void> {
  progress(`Stopping host ${layout.name}`);
  await stopProcesses(layout);
  await unmountBelow(layout.dir);
  await removeNetwork(layout);
  await removeCgroups(layout);
  removeOutsideFiles(layout);
  // Removing files through a mount that would not go could reach what is not ours.
  const mounts = mountsBelow(layout.dir);
  if (mounts.length > 0) throw new HostError("notReady", `These mounts do not go away: ${mounts.join(", ")}`);
  const stateDir = dirname(layout.dir);
  rmSync(layout.dir, { recursive: true, force: true });
  if (!(await anyHostIsUp())) {
    removeSharedFiles();
    restoreKernelSettings();
  }
  removeIfEmpty(stateDir);
  progress(`Host ${layout.name} is gone`);
}

/** Freshly killed processes take a moment to leave their cgroups. */
async function removeCgroups(layout: HostLayout): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (removeCgroup(layout.cgroup).length === 0) return;
    await sleep(50);
  }
  throw new HostError("notReady", `The cgroups of host ${layout.name} do not become empty`);
}
