import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HostError } from "../host-error.ts";
import { readPidRecord } from "../supervisor/pid-record.ts";
import type { SupervisorConfig } from "../supervisor/process-spec.ts";
import { readTextIfThere, writeFileAtomically } from "../write-file.ts";
import type { HostLayout } from "./host-layout.ts";
import { isAlive, signalProcess } from "./process-identity.ts";

const program = join(import.meta.dirname, "..", "supervisor", "supervisor-main.ts");

/**
 * Makes sure that a supervisor runs with exactly this configuration. One that runs with another is replaced; its
 * processes live on and the new one restarts only those whose revision differs. True when one was started.
 */
export async function ensureSupervisor(layout: HostLayout, config: SupervisorConfig): Promise<boolean> {
  const text = JSON.stringify(config, undefined, 1);
  const record = readPidRecord(layout.runDir, "supervisor");
  const alive = record !== undefined && isAlive(record.identity);
  if (alive && readTextIfThere(layout.processesPath) === text) return false;
  // SIGKILL, because any other way it would take its processes along.
  if (record !== undefined) signalProcess(record.identity, "SIGKILL");
  while (record !== undefined && isAlive(record.identity)) await sleep(10);
  writeFileAtomically(layout.processesPath, text);
  const log = openSync(join(layout.logDir, "supervisor.log"), "a", 0o640);
  const child = spawn(process.execPath, [program, layout.processesPath], {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: "/",
  });
  closeSync(log);
  child.unref();
  const { pid } = child;
  for (let i = 0; i < 200; i++) {
    const now = readPidRecord(layout.runDir, "supervisor");
    if (pid !== undefined && now?.identity.pid === pid && isAlive(now.identity)) return true;
    if (child.exitCode !== null) break;
    await sleep(25);
  }
  throw new HostError("notReady", `The supervisor did not start; see ${join(layout.logDir, "supervisor.log")}`);
}
