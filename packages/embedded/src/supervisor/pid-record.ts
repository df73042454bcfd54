import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive, type ProcessIdentity } from "../host/process-identity.ts";
import { readTextIfThere, writeFileAtomically } from "../write-file.ts";

/** What is kept on disk about one running process, so that whoever comes next knows it again. */
export interface PidRecord {
  identity: ProcessIdentity;
  revision: string;
  /** How often it was started again after it ended by itself. */
  restarts: number;
  startedAt: string;
}

const suffix = ".pid.json";

export function pidRecordPath(runDir: string, name: string): string {
  return join(runDir, `${name}${suffix}`);
}

/** The record of one process, or undefined when there is none that can be read. */
export function readPidRecord(runDir: string, name: string): PidRecord | undefined {
  const text = readTextIfThere(pidRecordPath(runDir, name));
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as PidRecord;
  } catch {
    return undefined;
  }
}

export function writePidRecord(runDir: string, name: string, record: PidRecord): void {
  writeFileAtomically(pidRecordPath(runDir, name), JSON.stringify(record));
}

export function removePidRecord(runDir: string, name: string): void {
  rmSync(pidRecordPath(runDir, name), { force: true });
}

/** Every recorded process of a host that lives now, the supervisor included. */
export function livingProcesses(runDir: string): { name: string; record: PidRecord }[] {
  let files: string[];
  try {
    files = readdirSync(runDir);
  } catch {
    return [];
  }
  return files
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .flatMap((name) => {
      const record = readPidRecord(runDir, name);
      return record !== undefined && isAlive(record.identity) ? [{ name, record }] : [];
    });
}

/** The arguments of a live process; undefined when it is gone or a kernel thread. */
export function commandLine(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    return text === "" ? undefined : text.replace(/\0$/, "").split("\0");
  } catch {
    return undefined;
  }
}
