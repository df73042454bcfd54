import { readFileSync } from "node:fs";
import { joinCgroup } from "../host/cgroups.ts";
import { identify } from "../host/process-identity.ts";
import { HostError } from "../host-error.ts";
import { removePidRecord, writePidRecord } from "./pid-record.ts";
import type { SupervisorConfig } from "./process-spec.ts";
import { Supervisor } from "./supervisor.ts";

/** The supervisor program of one host: `node supervisor-main.ts <processes.json>`. Ends, with everything it runs, on SIGTERM. */
async function main(configPath: string | undefined): Promise<void> {
  const identity = identify(process.pid);
  if (configPath === undefined || identity === undefined) {
    throw new HostError("commandFailed", "usage: supervisor-main.ts <processes.json>");
  }
  const text = readFileSync(configPath, "utf8");
  const config = JSON.parse(text) as SupervisorConfig;
  joinCgroup(config.cgroup, process.pid);
  const record = { identity, revision: "", restarts: 0, startedAt: new Date().toISOString() };
  writePidRecord(config.runDir, "supervisor", record);
  const supervisor = new Supervisor(config);
  process.on("SIGTERM", () => supervisor.stop());
  process.on("SIGINT", () => supervisor.stop());
  process.on("SIGHUP", () => undefined);
  await supervisor.run();
  removePidRecord(config.runDir, "supervisor");
}

await main(process.argv[2]);
