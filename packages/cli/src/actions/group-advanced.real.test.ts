import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterGroups } from "@inkube/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubAndCli, startHubAndCli } from "../testing/hub-and-cli.ts";

let hub: HubAndCli;
let root: string;
let folder: string;
beforeAll(async () => {
  hub = await startHubAndCli();
  root = await hub.test.adminKey();
  folder = await mkdtemp(join(tmpdir(), "inkube-group-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await hub?.[Symbol.asyncDispose]();
});

async function say(verb: "create" | "update", name: string, text: string) {
  const path = join(folder, "values.yaml");
  await writeFile(path, text);
  return hub.inkube(root, `group ${verb} ${name} --advanced-file ${path}`);
}

function create(name: string, text: string) {
  return say("create", name, text);
}

describe("inkube group create --advanced-file", () => {
  it("CG-10 gives the group what is in the file, and describe shows it", async () => {
    const { code, err } = await create("openshift", "openshift: true\nresourceQuota: false\n");
    expect(code, err).toBe(0);
    const advanced = { openshift: true, resourceQuota: false };
    expect((await hub.test.admin.get(clusterGroups, { name: "openshift" }))?.spec).toMatchObject({ advanced });
    const { out } = await hub.inkube(root, "group describe openshift");
    expect(out).toContain(`Advanced          ${JSON.stringify(advanced)}`);
  });

  const refused: [string, string, RegExp][] = [
    ["no YAML", "openshift: [true\n", /line 2: /],
    ["an unknown key", "controlPlane: { replicas: 3 }\n", /controlPlane\.replicas is not a key/],
    [
      "an amount",
      "controlPlane: { resources: { limits: { memory: some } } }\n",
      /spec\.advanced\.controlPlane\.resources\.limits\.memory: /,
    ],
  ];
  it.each(refused)("CG-10 refuses %s, says where, and makes no group", async (_title, text, message) => {
    const { code, err } = await create("refused", text);
    expect(code).toBe(5);
    expect(err).toMatch(message);
    expect(await hub.test.admin.get(clusterGroups, { name: "refused" })).toBeUndefined();
  });
});

describe("inkube group update --advanced-file", () => {
  const specOf = async () =>
    (await hub.test.admin.get(clusterGroups, { name: "later" }))?.spec as { advanced?: object } | undefined;

  it("CG-10 replaces what the group had by what is in the file, and changes nothing else", async () => {
    const limits = (text: string) => `controlPlane: { resources: { limits: ${text} } }\n`;
    expect(await create("later", `openshift: true\n${limits("{ cpu: 2, memory: 1Gi }")}`)).toMatchObject({ code: 0 });
    const before = await specOf();
    const { code, err } = await say("update", "later", `resourceQuota: false\n${limits("{ memory: 2Gi }")}`);
    expect(code, err).toBe(0);
    const advanced = { resourceQuota: false, controlPlane: { resources: { limits: { memory: "2Gi" } } } };
    expect(await specOf()).toEqual({ ...before, advanced });
    expect(await say("update", "later", "")).toMatchObject({ code: 0 });
    expect((await specOf())?.advanced).toEqual({});
  });

  it("CG-10 refuses an unknown key and leaves the group as it was", async () => {
    const before = await specOf();
    const { code, err } = await say("update", "later", "openshft: true\n");
    expect(code).toBe(5);
    expect(err).toMatch(/openshft is not a key/);
    expect(await specOf()).toEqual(before);
  });
});
