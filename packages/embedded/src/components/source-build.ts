import { renameSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "../command.ts";
import { HostError, type Progress } from "../host-error.ts";
import type { Binary, ComponentModule } from "./component-list.ts";
import { reportWhile, stopwatch } from "./report-while.ts";

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
  const elapsed = stopwatch();
  progress(`Building ${names} ${module.version} from source`);
  let compiled = 0;
  const line = (time: string) => `Building ${module.module} ${module.version}: ${compiled} packages compiled, ${time}`;
  try {
    await reportWhile(progress, line, async () => {
      if (module.compiler === undefined) await goBuild(options, () => compiled++);
      else await compile(options, module.compiler);
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const what = `${names} ${module.version} could not be built: ${error instanceof Error ? error.message : error}`;
    const todo = "Building needs Go (see the go line of components/*/go.mod) and gcc on PATH, and the Go module proxy.";
    throw new HostError("componentUnavailable", what, { todo, cause: error });
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
  // Go names a program after its package; ours may share a package's name with others.
  for (const binary of options.binaries) {
    const built = basename(binary.package ?? binary.name);
    if (built !== binary.name) renameSync(join(options.outDir, built), join(options.outDir, binary.name));
  }
}

async function compile(options: BuildOptions, compiler: readonly string[]): Promise<void> {
  for (const binary of options.binaries) {
    if (binary.source === undefined) continue;
    const source = join(options.componentsDir, options.module.module, binary.source);
    await run([...compiler, "-o", join(options.outDir, binary.name), source]);
  }
}
