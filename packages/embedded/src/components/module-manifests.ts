import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command.ts";
import { HostError, type Progress } from "../host-error.ts";
import type { Binary, ComponentModule } from "./component-list.ts";

export interface ManifestsOptions {
  module: ComponentModule;
  binary: Binary;
  componentsDir: string;
  target: string;
  progress: Progress;
  signal?: AbortSignal;
}

/**
 * Joins the YAML files that a Go module carries into one; go.sum verifies the module. Fails with HostError
 * `componentUnavailable`.
 */
export async function collectManifests(options: ManifestsOptions): Promise<void> {
  const { module, binary, target } = options;
  options.progress(`Taking ${binary.name} ${module.version} out of the Go module ${binary.package}`);
  const dir = await moduleDir(options);
  const files = globSync(binary.manifests ?? "", { cwd: dir }).sort();
  if (files.length === 0) throw unavailable(`${binary.package} ${module.version} has no ${binary.manifests}`);
  writeFileSync(target, files.map((file) => readFileSync(join(dir, file), "utf8").trim()).join("\n---\n"));
}

async function moduleDir({ module, binary, componentsDir, signal }: ManifestsOptions): Promise<string> {
  try {
    const { stdout } = await run(["go", "mod", "download", "-json", binary.package ?? ""], {
      cwd: join(componentsDir, module.module),
      env: { GOFLAGS: "-mod=readonly" },
      ...(signal === undefined ? {} : { signal }),
    });
    const found = JSON.parse(stdout) as { Dir: string; Version: string };
    if (found.Version === module.version) return found.Dir;
    throw new Error(`go.mod pins ${found.Version}, but components.json ${module.version}`);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unavailable(`${binary.name} could not be had: ${error instanceof Error ? error.message : error}`, error);
  }
}

function unavailable(message: string, cause?: unknown): HostError {
  const todo = "This needs Go (see the go line of components/*/go.mod) on PATH, and the Go module proxy.";
  return new HostError("componentUnavailable", message, { todo, cause });
}
