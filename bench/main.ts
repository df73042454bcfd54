import { type Environment, openEnvironment } from "./environment.ts";
import { benchIdle, benchSyncerMemory } from "./footprint.ts";
import { benchStartUp } from "./start-up.ts";
import { formatResult, type Result } from "./statistics.ts";
import { benchSync } from "./sync.ts";

const benchmarks: Record<string, (environment: Environment) => Promise<Result[]>> = {
  "start-up": benchStartUp,
  sync: benchSync,
  idle: benchIdle,
  memory: benchSyncerMemory,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}.\n`);
  process.exit(2);
}

await using environment = await openEnvironment();
for (const [name, bench] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`${name}\n`);
  for (const result of await bench(environment)) process.stdout.write(`  ${formatResult(result)}\n`);
}
