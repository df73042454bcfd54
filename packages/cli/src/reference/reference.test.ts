import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { commands } from "../commands/index.ts";
import { nounSummaries } from "../commands/nouns.ts";
import { cliPage } from "./cli-page.ts";

describe("docs/reference/cli.md", () => {
  it("is exactly what the commands say: run make generate", async () => {
    const page = await readFile(new URL("../../../../docs/reference/cli.md", import.meta.url), "utf8");
    expect(page).toBe(cliPage(commands));
  });

  it("has every command with each of its options", () => {
    const page = cliPage(commands);
    for (const { name, options } of commands) {
      const [, section = ""] = page.split(`### inkube ${name}\n`);
      for (const [option, { negatable }] of Object.entries(options)) {
        expect(section.split("\n### ")[0], name).toContain(`--${negatable ? "no-" : ""}${option}`);
      }
    }
  });
});

describe("commands of two words", () => {
  it("have nouns whose summary names every verb", () => {
    const spoken = commands.filter(({ name }) => name.includes(" ")).map(({ name }) => name.split(" "));
    for (const [noun = "", verb = ""] of spoken) expect(nounSummaries[noun], noun).toContain(verb);
    expect(new Set(spoken.map(([noun]) => noun))).toEqual(new Set(Object.keys(nounSummaries)));
  });
});
