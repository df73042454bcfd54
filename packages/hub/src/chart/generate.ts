#!/usr/bin/env node
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { chartFiles } from "./chart-files.ts";

/** Writes charts/inkube. */
const folder = resolve(import.meta.dirname, "../../../../charts/inkube");
await rm(folder, { recursive: true, force: true });
for (const [name, text] of await chartFiles()) {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}
