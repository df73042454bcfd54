import { closeSync, copyFileSync, openSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";

const maxBytes = 20 * 1024 * 1024;

/** Where a process's output goes. */
export function logPath(logDir: string, name: string): string {
  return join(logDir, `${name}.log`);
}

/** Opens a log for a child. It writes straight to the file, so it outlives the supervisor without losing a line. */
export function openLog(logDir: string, name: string): number {
  return openSync(logPath(logDir, name), "a", 0o640);
}

export function closeLog(file: number): void {
  closeSync(file);
}

/** Keeps one older generation; the writer holds the file open in append mode, hence copied and cut, not renamed. */
export function rotateLog(logDir: string, name: string, limit: number = maxBytes): boolean {
  const path = logPath(logDir, name);
  try {
    if (statSync(path).size <= limit) return false;
    copyFileSync(path, `${path}.1`);
    truncateSync(path, 0);
    return true;
  } catch {
    return false;
  }
}
