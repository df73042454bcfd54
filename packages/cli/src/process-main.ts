/** The composition root: binds the command line to this process. */
import { homedir } from "node:os";
import { text } from "node:stream/consumers";
import type { Clock } from "@inkube/kube";
import type { Io, Output } from "./io.ts";
import { run } from "./run.ts";

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (chunk) => void stream.write(chunk),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    terminal.close();
  }
}

let childRuns = false;

const io: Io = {
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  env: process.env,
  home: homedir(),
  program: [process.execPath, process.argv[1] ?? "inkube"],
  interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  confirm,
  readStdin: () => text(process.stdin),
  async openBrowser(url) {
    const { openBrowser } = await import("./hub/open-browser.ts");
    return openBrowser(url, process.env);
  },
  async runChild(command, env) {
    const { runChild } = await import("./child-process.ts");
    childRuns = true;
    try {
      return await runChild(command, env);
    } finally {
      childRuns = false;
    }
  },
};

// The client package's own clock would load the whole client before any command needs it.
const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    // Signals are for the child; this process ends when it does, and cleans up after it.
    if (childRuns) return;
    // The second time the person means it.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  });
}
// A reader that went away (`inkube logs x | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), { io, signal: interrupt.signal, clock });
