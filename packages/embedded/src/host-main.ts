import { parseArgs } from "node:util";
import { down } from "./host/down.ts";
import { status } from "./host/status.ts";
import { up } from "./host/up.ts";
import { HostError } from "./host-error.ts";
import { loadTestImages } from "./images/load-test-images.ts";

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

/** `host-main.ts up|load-test-images|status|down [--name N] [--state-dir D] [--image I…]`: the embedded host on its own. */
try {
  const options = { name: values.name, stateDir: values["state-dir"], progress };
  switch (positionals[0]) {
    case "up": {
      const host = await up({ ...options, images: values.image });
      process.stdout.write(`${host.kubeconfigPath}\n`);
      break;
    }
    case "load-test-images":
      for (const reference of await loadTestImages(options)) process.stdout.write(`${reference}\n`);
      break;
    case "down":
      await down(options);
      break;
    case "status":
      process.stdout.write(`${JSON.stringify(await status(options), undefined, 2)}\n`);
      break;
    default:
      throw new HostError(
        "commandFailed",
        "usage: host-main.ts up|load-test-images|status|down [--name NAME] [--state-dir DIR]",
      );
  }
} catch (error) {
  if (!(error instanceof HostError)) throw error;
  process.stderr.write(`${[error.message, error.todo].filter(Boolean).join("\n")}\n`);
  process.exitCode = 1;
}
