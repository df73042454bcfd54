import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { commands } from "../commands/index.ts";
import { apiVerbs } from "./api-verbs.ts";

/** Held to the hub's routes by a test beside them. */
const document = new URL("../../../../docs/reference/openapi.json", import.meta.url);

interface Operation {
  operationId: string;
  parameters?: { name: string }[];
}

async function operations(): Promise<Operation[]> {
  const { paths } = JSON.parse(await readFile(document, "utf8")) as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.values(paths).flatMap((item) => Object.values(item));
}

describe("API-01 every action of the HTTP API", () => {
  it("has a verb of the command line, or a reason why it needs none", async () => {
    const ids = (await operations()).map(({ operationId }) => operationId);
    expect(ids.length).toBeGreaterThan(45);
    expect(Object.keys(apiVerbs).sort()).toEqual(ids.sort());
  });

  it("has verbs that exist", () => {
    const known = commands.map(({ name }) => name);
    for (const [operation, verbs] of Object.entries(apiVerbs)) {
      if ("none" in verbs) expect(verbs.none, operation).not.toBe("");
      else expect(known, operation).toEqual(expect.arrayContaining([...verbs]));
    }
  });

  it("VC-08 that can only be checked has a verb that only checks", async () => {
    const checkable = (await operations()).filter(({ parameters }) =>
      parameters?.some(({ name }) => name === "dryRun"),
    );
    expect(checkable.length).toBeGreaterThan(20);
    // Several writes one after the other, of which the later need the earlier.
    const without = ["host import", "host add"];
    const verbs = checkable.flatMap(({ operationId }) => [apiVerbs[operationId] ?? []].flat()) as string[];
    const unchecked = commands.filter(({ name, options }) => verbs.includes(name) && !("dry-run" in options));
    expect(unchecked.map(({ name }) => name).sort()).toEqual(without.sort());
  });

  it("is done by every command that talks to a hub and to nothing else", () => {
    // These are about this machine, or go to the API of a nested cluster.
    const elsewhere = ["up", "down", "status", "explain", "logs", "token", "completion", "version"];
    const named = new Set(Object.values(apiVerbs).flatMap((verbs) => ("none" in verbs ? [] : verbs)));
    const unnamed = commands.map(({ name }) => name).filter((name) => !named.has(name));
    expect(unnamed.sort()).toEqual(elsewhere.sort());
  });
});
