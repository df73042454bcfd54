import { parseArgs } from "node:util";
import { componentModules, defaultComponents } from "./components/component-list.ts";
import { ensureComponents } from "./components/ensure-components.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "print-dir": { type: "boolean" }, verify: { type: "boolean" } },
});

/** `components-main.ts [--print-dir] [--verify] [name…]`: prepares all usual components and the named ones; progress goes to standard error. */
const components = await ensureComponents({
  names: [...new Set([...defaultComponents(componentModules()), ...positionals])],
  verify: values.verify ?? false,
  progress: (line) => process.stderr.write(`${line}\n`),
});
if (values["print-dir"]) process.stdout.write(`${components.dir}\n`);
