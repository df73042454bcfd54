#!/usr/bin/env node
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestOutcome, tally } from "./tally.ts";

/** Prints the table of features from the reports that test runs left in a folder. Exits with 1 when one failed or was not shown. */
const [folder = ".results"] = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const outcomes = files.flatMap((name) => {
  const report = JSON.parse(readFileSync(join(folder, name), "utf8")) as {
    testResults: { assertionResults: TestOutcome[] }[];
  };
  return report.testResults.flatMap(({ assertionResults }) => assertionResults);
});
const rows = tally(outcomes);
for (const { id, title, result, detail } of rows) {
  process.stdout.write(`${id.padEnd(7)} ${result.padEnd(14)} ${title.padEnd(66)} ${detail}\n`);
}
const count = (result: string): number => rows.filter((row) => row.result === result).length;
process.stdout.write(
  `${count("passed")} passed, ${count("failed")} failed, ${count("not shown")} not shown, ${count("not applicable")} not applicable\n`,
);
process.exitCode = count("failed") + count("not shown") > 0 ? 1 : 0;
