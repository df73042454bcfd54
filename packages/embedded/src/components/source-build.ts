import { join } from "node:path";
import { run } from "../command.ts";
import { HostError, type Progress } from "../host-error.ts";
import type { Binary, ComponentModule } from "./component-list.ts";

const reportEveryMs = 10_000;

export interface BuildOptions {
  module: ComponentModule;
  binaries: readonly Binary[];
  componentsDir: string;
  /** Existing directory for the results, one file per binary under its name. */
  outDir: string;
  progress: Progress;
  signal?: AbortSignal;
}

/** Builds binaries of one module, with a line of progress every ten seconds. Fails with `componentUnavailable`. */
export async function buildFromSource(options: BuildOptions): Promise<void> {
  const { module, progress } = options;
  const names = options.binaries.map((binary) => binary.name).join(", ");
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  progress(`Building ${names} ${module.version} from source`);
  let compiled = 0;
  const timer = setInterval(() => {
    progress(`Building ${module.module} ${module.version}: ${compiled} packages compiled, ${elapsed()}`);
  }, reportEveryMs);
  try {
    if (module.compiler === undefined) await goBuild(options, () => compiled++);
    else await compile(options, module.compiler);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const what = `${names} ${module.version} could not be built: ${error instanceof Error ? error.message : error}`;
    const todo = "Building needs Go (see the go line of components/*/go.mod) and gcc on PATH, and the Go module proxy.";
    throw new HostError("componentUnavailable", what, { todo, cause: error });
  } finally {
    clearInterval(timer);
  }
  progress(`Built ${names} ${module.version} in ${elapsed()}`);
}

async function goBuild(options: BuildOptions, onPackage: () => void): Promise<void> {
  const { module } = options;
  const packages = options.binaries.flatMap((binary) => (binary.package === undefined ? [] : [binary.package]));
  const tags = module.tags === undefined ? [] : ["-tags", module.tags];
  const flags = ["-v", "-trimpath", "-buildvcs=false", ...tags, "-ldflags", module.ldflags ?? ""];
  await run(["go", "build", ...flags, "-o", `${options.outDir}/`, ...packages], {
    cwd: join(options.componentsDir, module.module),
    env: { CGO_ENABLED: module.cgo ? "1" : "0", GOFLAGS: "-mod=readonly" },
    onErrorLine: onPackage,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

async function compile(options: BuildOptions, compiler: readonly string[]): Promise<void> {
  for (const binary of options.binaries) {
    if (binary.source === undefined) continue;
    const source = join(options.componentsDir, options.module.module, binary.source);
    await run([...compiler, "-o", join(options.outDir, binary.name), source]);
  }
}
