import type { Output } from "../io.ts";
import type { Progress, Step } from "./progress.ts";

/** One line whenever something changes: for logs, pipes and continuous integration. */
export function plainProgress(output: Output): Progress {
  const shown = new Map<string, string>();
  return {
    log: (line) => output.write(`${line}\n`),
    show(steps) {
      for (const step of steps) {
        const line = describe(step);
        if (step.state === "waiting" || shown.get(step.name) === line) continue;
        shown.set(step.name, line);
        output.write(`${line}\n`);
      }
    },
    end() {},
  };
}

function describe({ name, state, detail }: Step): string {
  return detail === "" ? `${name}: ${state}` : `${name}: ${state}: ${detail}`;
}
