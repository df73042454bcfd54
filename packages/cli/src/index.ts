/** The `inkube` command line; `main.ts` is the program. */
export { commands } from "./commands/index.ts";
export type { Io, Output } from "./io.ts";
export { type RunOptions, run } from "./run.ts";
