import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { chartFiles } from "./chart-files.ts";

const folder = resolve(import.meta.dirname, "../../../../charts/inkube");

it("the chart is exactly what the manifests say: run make generate", async () => {
  const files = await chartFiles();
  for (const [name, text] of files) expect(await readFile(join(folder, name), "utf8"), name).toBe(text);
  const there = await readdir(folder, { recursive: true, withFileTypes: true });
  expect(there.filter((entry) => entry.isFile())).toHaveLength(files.size);
});

it("no placeholder is left in the chart", async () => {
  for (const [name, text] of await chartFiles()) expect(text, name).not.toMatch(/placeholder|6500[12]/);
});
