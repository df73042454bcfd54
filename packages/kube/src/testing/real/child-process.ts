import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** A program that runs until it is stopped; its output goes to a file. */
export interface RunningProgram {
  readonly pid: number;
  /** False once it ended by itself or was stopped. */
  readonly running: boolean;
  /** The last lines it wrote. */
  logTail(): Promise<string>;
  /** SIGTERM, and SIGKILL when it is still there after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once("exit", () => resolve());
  });
}

/** Starts a program. Throws when it cannot be executed. */
export async function startProgram(path: string, args: string[], logFile: string): Promise<RunningProgram> {
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(path, args, { stdio: ["ignore", log, log] });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  return {
    pid: child.pid ?? 0,
    get running() {
      return child.exitCode === null && child.signalCode === null;
    },
    logTail: async () => (await readFile(logFile, "utf8")).trimEnd().split("\n").slice(-15).join("\n"),
    stop: async (graceMs) => {
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended(child);
      clearTimeout(killer);
    },
  };
}
