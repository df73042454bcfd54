import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readAdvancedFile } from "./advanced-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inkube-advanced-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const path = join(folder, "values.yaml");
  await writeFile(path, text);
  return readAdvancedFile(path);
}

describe("a file of advanced values", () => {
  it("CG-10 is read as it is meant", async () => {
    const text = "openshift: true\nresourceQuota: false\ncontrolPlane:\n  resources:\n    limits: { memory: 1Gi }\n";
    const controlPlane = { resources: { limits: { memory: "1Gi" } } };
    expect(await read(text)).toEqual({ openshift: true, resourceQuota: false, controlPlane });
    expect(await read("")).toEqual({});
  });

  const refused: [string, string, RegExp][] = [
    ["no YAML by its line", "openshift: true\npodSecurity: [restricted\nx: 1\n", /values\.yaml: line 3: /],
    ["a key twice by its line", "openshift: true\nopenshift: false\n", /line 2: Map keys must be unique/],
    [
      "an unknown key by its path",
      "controlPlane:\n  resources:\n    request: {}\n",
      /controlPlane\.resources\.request is not a key/,
    ],
    ["a key of the prototype", "constructor: {}\n", /constructor is not a key/],
    ["a wrong value by its path", "podSecurity: strict\n", /podSecurity: /],
    ["another document", "- openshift\n", /the document: /],
  ];
  it.each(refused)("CG-10 is refused: %s", async (_title, text, message) => {
    await expect(read(text)).rejects.toMatchObject({ code: "SPEC_INVALID", message: expect.stringMatching(message) });
  });

  it("CG-10 that is not there is said to be so", async () => {
    await expect(readAdvancedFile(join(folder, "none.yaml"))).rejects.toThrow(/none\.yaml cannot be read: ENOENT/);
  });
});
