#!/usr/bin/env node
import { mkdir, writeFile } from "node:fs/promises";
import { generatedFiles } from "./schemas/generated-files.ts";

const directory = new URL("../generated/", import.meta.url);
await mkdir(directory, { recursive: true });
for (const [name, text] of generatedFiles()) await writeFile(new URL(name, directory), text);
