import { spawn } from "node:child_process";
import { constants } from "node:os";
import { AppError } from "@inkube/api";

/**
 * Runs a program on this process's own terminal; gives its exit code, 128 + n when signal n ended it.
 * Throws AppError USAGE when it cannot be started.
 */
export function runChild(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: "inherit" });
    child.on("error", (error: NodeJS.ErrnoException) => reject(cannotRun(program, error)));
    child.on("close", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

function cannotRun(program: string, error: NodeJS.ErrnoException): AppError {
  const why = error.code === "ENOENT" ? "is not installed" : `cannot be run: ${error.code ?? error.message}`;
  return new AppError("USAGE", `${program} ${why}`, { todo: "Check the command after --.", cause: error });
}
