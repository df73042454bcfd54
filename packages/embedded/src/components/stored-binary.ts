import { chmodSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../host-error.ts";
import { readTextIfThere, writeFileAtomically } from "../write-file.ts";
import { fileDigest } from "./content-key.ts";

/** Where a binary came from; `module`: it lay in the Go module as it is. */
export type ComponentSource = "path" | "release" | "wheel" | "module" | "built";

interface StoredRecord {
  sha256: string;
  size: number;
  mtimeMs: number;
  source: ComponentSource;
}

/** A binary in the cache, whole and with its checksum recorded. */
export interface StoredBinary {
  path: string;
  sha256: string;
  source: ComponentSource;
}

/**
 * Finds a binary in a cache directory. Size and time are compared with the record each time; with `verify` the checksum
 * too. What does not agree counts as absent.
 */
export async function findStored(dir: string, name: string, verify: boolean): Promise<StoredBinary | undefined> {
  const path = join(dir, name);
  const text = readTextIfThere(`${path}.json`);
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as StoredRecord;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.size !== record.size || stat.mtimeMs !== record.mtimeMs) return undefined;
  if (verify && (await fileDigest(path)) !== record.sha256) return undefined;
  return { path, sha256: record.sha256, source: record.source };
}

/** Moves a finished file into the cache. The record is written last, so a copy cut short is never taken for whole. */
export async function store(dir: string, name: string, file: string, source: ComponentSource): Promise<StoredBinary> {
  mkdirSync(dir, { recursive: true });
  chmodSync(file, 0o755);
  const sha256 = await fileDigest(file);
  const path = join(dir, name);
  rmSync(`${path}.json`, { force: true });
  renameSync(file, path);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new HostError("componentUnavailable", `${path} vanished while it was stored`);
  const record: StoredRecord = { sha256, size: stat.size, mtimeMs: stat.mtimeMs, source };
  writeFileAtomically(`${path}.json`, JSON.stringify(record), 0o644);
  return { path, sha256, source };
}
