import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "./openapi-document.ts";
import { referenceFiles } from "./reference-files.ts";

const folder = resolve(import.meta.dirname, "../../../../docs/reference");

async function lint(document: object): Promise<string[]> {
  const config = await createConfig({
    extends: ["recommended"],
    // The document in docs/ is of no hub in particular, and browsers who sign in are only sent on.
    rules: { "no-server-example.com": "off", "operation-2xx-response": "off" },
  });
  const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: "/openapi.json", config });
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ""}`);
}

describe("API-01 the reference of the HTTP API", () => {
  it("is exactly what the routes say: run make generate", async () => {
    for (const [name, text] of await referenceFiles()) {
      expect(await readFile(join(folder, name), "utf8"), name).toBe(text);
    }
  });

  it("is OpenAPI that lints clean", async () => {
    expect(await lint(await openApiDocument())).toEqual([]);
  });

  it("would not lint clean if an operation had no summary or led nowhere", async () => {
    const document = await openApiDocument();
    const item = document.paths["/api/v1/me"] as Record<string, { summary?: string; responses: object }>;
    delete item.get?.summary;
    if (item.get) item.get.responses = { 200: { description: "", content: { a: { schema: { $ref: "#/nowhere" } } } } };
    expect((await lint(document)).map((line) => line.split(":")[0])).toEqual(
      expect.arrayContaining(["operation-summary", "no-unresolved-refs"]),
    );
  });

  it("names every operation and every schema that one refers to", async () => {
    const page = (await referenceFiles()).get("api.md") ?? "";
    const { paths } = await openApiDocument();
    for (const [path, item] of Object.entries(paths)) {
      for (const method of Object.keys(item)) expect(page).toContain(`### ${method.toUpperCase()} ${path}\n`);
    }
    for (const [, name] of page.matchAll(/\]\(#([a-z0-9]+)\)/g)) expect(page.toLowerCase()).toContain(`### ${name}\n`);
    expect(page).not.toMatch(/undefined|\[object/);
  });
});
