import { join } from "node:path";
import { must, type RunOptions, type RunResult, run } from "./run.ts";

const program = join(import.meta.dirname, "../../packages/cli/src/main.ts");

/** The host that end-to-end tests use, beside any that people have. */
export const hostName = process.env.INKUBE_E2E_HOST ?? "e2e";

/** Runs the CLI as people do, on the tests' own host; gives whatever came out. */
export function tryInkube(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return run(process.execPath, [program, "--embedded", hostName, ...args], options);
}

/** Runs the CLI where it must succeed; gives standard output. */
export function inkube(args: readonly string[], options: RunOptions = {}): Promise<string> {
  return must(process.execPath, [program, "--embedded", hostName, ...args], options);
}
