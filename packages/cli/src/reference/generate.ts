#!/usr/bin/env node
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { commands } from "../commands/index.ts";
import { cliPage } from "./cli-page.ts";

/** Writes the reference of the command line. */
const page = resolve(import.meta.dirname, "../../../../docs/reference/cli.md");
await mkdir(dirname(page), { recursive: true });
await writeFile(page, cliPage(commands));
