import { parseArgs } from "node:util";
import { ensureComponents } from "./components/ensure-components.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "print-dir": { type: "boolean" }, verify: { type: "boolean" } },
});

/** `components-main.ts [--print-dir] [--verify] [name…]`: prepares the real binaries; progress goes to standard error. */
const components = await ensureComponents({
  ...(positionals.length > 0 ? { names: positionals } : {}),
  verify: values.verify ?? false,
  progress: (line) => process.stderr.write(`${line}\n`),
});
if (values["print-dir"]) process.stdout.write(`${components.dir}\n`);
