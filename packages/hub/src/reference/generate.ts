#!/usr/bin/env node
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { referenceFiles } from "./reference-files.ts";

/** Writes the reference of the HTTP API. */
const folder = resolve(import.meta.dirname, "../../../../docs/reference");
await mkdir(folder, { recursive: true });
for (const [name, text] of await referenceFiles()) await writeFile(join(folder, name), text);
