import { spawn } from "node:child_process";
import { HostError } from "./host-error.ts";

export interface CommandOptions {
  input?: string;
  cwd?: string;
  env?: Record<string, string | undefined>;
  /** Kills the command and rejects with HostError `aborted`. */
  signal?: AbortSignal;
  /** Gives the result back whatever the exit code; default false: a non-zero code is an error. */
  allowFailure?: boolean;
  /** Called with every line of standard error as it comes. */
  onErrorLine?: (line: string) => void;
}

export interface CommandResult {
  /** Exit code; 127 when the program is not there, 128 when a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs one program to its end without a shell. Fails with HostError `commandFailed`, which quotes its last words. */
export async function run(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const result = await spawnAndCollect(argv, options);
  if (options.signal?.aborted) throw new HostError("aborted", `${argv[0]} was interrupted`);
  if (result.code !== 0 && options.allowFailure !== true) {
    const words = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-5).join("\n");
    throw new HostError("commandFailed", `${argv.slice(0, 6).join(" ")} ended with ${result.code}: ${words}`);
  }
  return result;
}

function spawnAndCollect(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [program, ...args] = argv;
  if (program === undefined) throw new HostError("commandFailed", "an empty command was given");
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env === undefined ? process.env : { ...process.env, ...options.env },
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (options.onErrorLine) for (const line of text.split("\n")) if (line.trim()) options.onErrorLine(line.trim());
    });
    child.on("error", (error) => resolve({ code: 127, stdout, stderr: stderr || error.message }));
    child.on("close", (code) => resolve({ code: code ?? 128, stdout, stderr }));
    // A program that ends before it read its input must not end us.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input);
  });
}
