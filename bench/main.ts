import { type Environment, openEnvironment } from "./environment.ts";
import { benchIdle, benchSyncerMemory } from "./footprint.ts";
import { benchHub } from "./hub.ts";
import { benchStartUp } from "./start-up.ts";
import { formatResult, type Result } from "./statistics.ts";
import { benchSync } from "./sync.ts";

/** Those that need a host, and those that bring what they need. */
const onHost: Record<string, (environment: Environment) => Promise<Result[]>> = {
  "start-up": benchStartUp,
  sync: benchSync,
  idle: benchIdle,
  memory: benchSyncerMemory,
};
const alone: Record<string, () => Promise<Result[]>> = { hub: benchHub };

const all = Object.keys({ ...onHost, ...alone });
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark ${unknown.join(", ")}; there are ${all.join(", ")}.\n`);
  process.exit(2);
}
const isWanted = ([name]: [string, unknown]): boolean => wanted.length === 0 || wanted.includes(name);

async function report(name: string, bench: () => Promise<Result[]>): Promise<void> {
  process.stdout.write(`${name}\n`);
  for (const result of await bench()) process.stdout.write(`  ${formatResult(result)}\n`);
}

for (const [name, bench] of Object.entries(alone).filter(isWanted)) await report(name, bench);
const needHost = Object.entries(onHost).filter(isWanted);
if (needHost.length > 0) {
  await using environment = await openEnvironment();
  for (const [name, bench] of needHost) await report(name, () => bench(environment));
}
