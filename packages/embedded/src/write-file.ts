import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

/** Writes a file so that it is seen whole or not at all, with the mode (default 0600) from its first moment. */
export function writeFileAtomically(path: string, content: string, mode = 0o600): void {
  const temporary = `${path}.${process.pid}.new`;
  const file = openSync(temporary, "w", mode);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** Writes only when the content differs; true when it did. */
export function writeIfChanged(path: string, content: string, mode = 0o600): boolean {
  if (readTextIfThere(path) === content) return false;
  writeFileAtomically(path, content, mode);
  return true;
}

/** The file's text, or undefined when it cannot be read. */
export function readTextIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
