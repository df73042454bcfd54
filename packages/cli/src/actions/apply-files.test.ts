import { nestedClusters } from "@inkube/api";
import { describe, expect, it } from "vitest";
import { startFakeHost } from "../testing/fake-host.ts";

const document = (name: string, spec: object, more: object = {}): string =>
  JSON.stringify({ apiVersion: "inkube.dev/v1alpha1", kind: "NestedCluster", metadata: { name, ...more }, spec });

describe("inkube apply", () => {
  it("creates, changes and leaves alone, and says which", async () => {
    await using host = await startFakeHost();
    const first = [document("a", { size: { cpu: "2" } }), document("b", { size: { cpu: "2" } })].join("\n---\n");
    expect(await host.inkube("apply -f -", { stdin: first })).toMatchObject({
      code: 0,
      out: "nestedcluster.inkube.dev/a created\nnestedcluster.inkube.dev/b created\n",
    });
    const second = [document("a", { size: { cpu: "2" } }), document("b", { size: { cpu: "3" } })].join("\n---\n");
    const { out } = await host.inkube("apply -f -", { stdin: second });
    expect(out).toBe("nestedcluster.inkube.dev/a unchanged\nnestedcluster.inkube.dev/b configured\n");
    expect(host.server.object(nestedClusters, { namespace: "default", name: "b" })?.spec).toMatchObject({
      size: { cpu: "3" },
    });
  });

  it("leaves what a file does not mention, and removes what it says is null", async () => {
    await using host = await startFakeHost();
    await host.addCluster("a", undefined, { description: "old", size: { cpu: "2", memory: "4Gi" } });
    const stdin = `apiVersion: inkube.dev/v1alpha1
kind: NestedCluster
metadata: {name: a, labels: {team: x}, uid: somebody-elses, resourceVersion: "1"}
spec: {description: null, size: {cpu: "3"}}
status: {phase: Ready}`;
    expect((await host.inkube("apply -f -", { stdin })).code).toBe(0);
    const object = host.server.object(nestedClusters, { namespace: "default", name: "a" });
    expect(object?.spec).toMatchObject({ size: { cpu: "3", memory: "4Gi" } });
    expect(object?.spec).not.toHaveProperty("description");
    expect(object?.metadata.labels).toEqual({ team: "x" });
    expect(object?.status).toBeUndefined();
  });

  it("takes apart the lists that inkube list prints, and finds nothing to change in them", async () => {
    await using host = await startFakeHost();
    await host.addCluster("a");
    await host.addCluster("b");
    const { out: stdin } = await host.inkube("list -o yaml");
    const { code, out } = await host.inkube("apply -f - -o json", { stdin });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      dryRun: false,
      items: [
        { kind: "NestedCluster", project: "default", name: "a", result: "unchanged" },
        { name: "b", result: "unchanged" },
      ],
    });
  });

  it("changes nothing with --dry-run", async () => {
    await using host = await startFakeHost();
    await host.addCluster("there", undefined, { size: { cpu: "2" } });
    const stdin = [document("fresh", {}), document("there", { size: { cpu: "5" } })].join("\n---\n");
    const { out } = await host.inkube("apply -f - --dry-run", { stdin });
    expect(out).toBe(
      "nestedcluster.inkube.dev/fresh created (dry run)\nnestedcluster.inkube.dev/there configured (dry run)\n",
    );
    expect(host.server.object(nestedClusters, { namespace: "default", name: "fresh" })).toBeUndefined();
    expect(host.server.object(nestedClusters, { namespace: "default", name: "there" })?.spec).toMatchObject({
      size: { cpu: "2" },
    });
  });

  it("does what it can when one is refused, and says of which it was not", async () => {
    await using host = await startFakeHost({ requireNamespaces: true });
    await host.client.create(
      { group: "", version: "v1", plural: "namespaces", kind: "Namespace", namespaced: false },
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } },
    );
    const stdin = [document("a", {}, { namespace: "nowhere" }), document("b", {})].join("\n---\n");
    const { code, out, err } = await host.inkube("apply -f -", { stdin });
    expect({ code, out }).toEqual({ code: 3, out: "nestedcluster.inkube.dev/b created\n" });
    expect(err).toContain("nestedcluster.inkube.dev/a: There is no project nowhere");
  });

  const bad: [string, string, RegExp][] = [
    ["what is no YAML", "a: b: c", /Standard input is not YAML or JSON: .*line 1/],
    ["nothing", "", /holds no objects/],
    ["a text", "hello", /no object/],
    ["another kind", "{apiVersion: v1, kind: Pod, metadata: {name: x}}", /v1 Pod x cannot be applied/],
    ["another version", "{apiVersion: inkube.dev/v2, kind: NestedCluster, metadata: {name: x}}", /cannot be applied/],
    ["no name", "{apiVersion: inkube.dev/v1alpha1, kind: NestedCluster}", /NestedCluster of the file has no name/],
    [
      "aliases without end",
      `a: &a [x]\n${"bcdefghij".replace(/./g, (c) => `${c}: &${c} [${"*_,".replaceAll("_", String.fromCharCode(c.charCodeAt(0) - 1)).repeat(9)}]\n`)}`,
      /alias/,
    ],
  ];
  it.each(bad)("refuses a file with %s, and does nothing", async (_title, stdin, message) => {
    await using host = await startFakeHost();
    const { code, err } = await host.inkube("apply -f -", { stdin });
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(host.server.requests).toEqual([]);
  });

  it("wants a file", async () => {
    await using host = await startFakeHost();
    expect((await host.inkube("apply")).code).toBe(2);
    expect((await host.inkube("apply -f /nowhere/x.yaml")).err).toContain("/nowhere/x.yaml cannot be read: ENOENT");
  });
});
