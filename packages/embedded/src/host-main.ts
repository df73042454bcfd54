import { parseArgs } from "node:util";
import { up } from "./host/up.ts";
import { HostError } from "./host-error.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: "string", default: "inkube" },
    "state-dir": { type: "string", default: "/var/lib/inkube" },
    image: { type: "string", multiple: true, default: [] },
  },
});

const started = performance.now();
const progress = (line: string) =>
  process.stderr.write(`[${((performance.now() - started) / 1000).toFixed(1)} s] ${line}\n`);

/** `host-main.ts up|down|status [--name N] [--state-dir D] [--image I…]`: the embedded host on its own. */
try {
  const options = { name: values.name, stateDir: values["state-dir"], progress };
  switch (positionals[0]) {
    case "up": {
      const host = await up({ ...options, images: values.image });
      process.stdout.write(`${host.kubeconfigPath}\n`);
      break;
    }
    default:
      throw new HostError("commandFailed", "usage: host-main.ts up|down|status [--name NAME] [--state-dir DIR]");
  }
} catch (error) {
  if (!(error instanceof HostError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
