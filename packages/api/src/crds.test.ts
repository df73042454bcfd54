import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { crds } from "./crds.ts";
import { generatedFiles } from "./schemas/generated-files.ts";
import { hostClusterSchema, nestedClusterSchema } from "./schemas/index.ts";

type Schema = { [key: string]: unknown; properties?: Record<string, Schema>; items?: Schema };

/** Every schema node with its path, root first. */
function* nodes(schema: Schema, path = ""): Generator<[string, Schema]> {
  yield [path, schema];
  for (const [key, child] of Object.entries(schema.properties ?? {})) yield* nodes(child, `${path}.${key}`);
  if (schema.items) yield* nodes(schema.items, `${path}[]`);
}

async function allNodes(): Promise<[string, Schema][]> {
  return (await crds()).flatMap((crd) => {
    const versions = crd.spec.versions as { schema: { openAPIV3Schema: Schema } }[];
    return versions.flatMap((version) => [...nodes(version.schema.openAPIV3Schema, crd.metadata.name)]);
  });
}

describe("generated files", () => {
  const directory = new URL("../generated/", import.meta.url);

  it("are exactly what the schemas say: run node packages/api/src/generate.ts", async () => {
    for (const [name, text] of generatedFiles()) expect(await readFile(new URL(name, directory), "utf8")).toBe(text);
  });

  it("have no leftovers", async () => {
    expect((await readdir(directory)).sort()).toEqual([...generatedFiles().keys()].sort());
  });
});

describe("crds", () => {
  it("are structural: every node has a type or is int-or-string, and none has a union", async () => {
    for (const [path, node] of await allNodes()) {
      expect(typeof node.type === "string" || node["x-kubernetes-int-or-string"] === true, path).toBe(true);
      expect(Object.keys(node), path).not.toEqual(expect.arrayContaining(["anyOf"]));
      expect(Object.keys(node), path).not.toEqual(expect.arrayContaining(["oneOf"]));
      if (node.properties) expect(node, path).not.toHaveProperty("additionalProperties");
    }
  });

  it("say in every rule what is wrong", async () => {
    for (const [path, node] of await allNodes()) {
      const rules = (node["x-kubernetes-validations"] ?? []) as { message?: string; messageExpression?: string }[];
      for (const rule of rules) expect(rule.message ?? rule.messageExpression, path).toBeTruthy();
    }
  });

  it("carry the same defaults as the schemas fill in", async () => {
    const specDefaults = new Map((await allNodes()).filter(([path]) => path.endsWith(".spec")));
    const header = { apiVersion: "inkube.dev/v1alpha1", metadata: { name: "demo" } } as const;
    expect(specDefaults.get("nestedclusters.inkube.dev.spec")?.default).toEqual(
      nestedClusterSchema.parse({ ...header, kind: "NestedCluster" }).spec,
    );
    expect(specDefaults.get("hostclusters.inkube.dev.spec")?.default).toEqual(
      hostClusterSchema.parse({ ...header, kind: "HostCluster" }).spec,
    );
  });
});
