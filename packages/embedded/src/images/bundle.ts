import { existsSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../components/component-list.ts";
import { HostError } from "../host-error.ts";

/** Bundles a program of this checkout with everything it imports into one module. Equal sources give equal bytes. */
export async function buildBundle(entryPoint: string, outfile: string): Promise<string> {
  const source = join(repositoryRoot, entryPoint);
  if (!existsSync(source)) throw new HostError("imageUnavailable", `${entryPoint} is missing from the checkout`);
  const { build } = await import("esbuild");
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    absWorkingDir: repositoryRoot,
    legalComments: "none",
    // Some libraries inside still call require for parts of Node.
    banner: {
      js: 'import { createRequire as inkubeCreateRequire } from "node:module"; const require = inkubeCreateRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  return outfile;
}
