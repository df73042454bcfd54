import { expect, it } from "vitest";
import { resources } from "../../resources.ts";
import type { KubeObject } from "../../types.ts";
import { type ContractPart, configMap, refusal } from "./scene.ts";

const { configmaps, deployments } = resources;

function deployment(namespace: string): KubeObject {
  const env = [
    { name: "A", value: "1" },
    { name: "B", value: "2" },
  ];
  return {
    metadata: { namespace, name: "web", labels: { app: "web" } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: {
          containers: [
            { name: "main", image: "one", env, ports: [{ containerPort: 80 }] },
            { name: "side", image: "two" },
          ],
          tolerations: [{ key: "a", operator: "Exists" }],
        },
      },
    },
  };
}

interface PodSpec {
  containers: { name: string; image: string; env?: { name: string; value?: string }[] }[];
  tolerations?: unknown[];
}

function podSpec(object: KubeObject): PodSpec {
  return (object.spec as { template: { spec: PodSpec } }).template.spec;
}

function containersPatch(...containers: unknown[]) {
  return { spec: { template: { spec: { containers } } } };
}

/** Merge patch, JSON patch, strategic merge patch. */
export const patching: ContractPart = (scene) => {
  it("merges, removes by null, and replaces lists in a merge patch", async () => {
    const { client, namespace, widgets } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(widgets, { metadata: ref, spec: { keep: 1, drop: 2, list: [1, 2], deep: { x: 1 } } });
    const patch = { spec: { drop: null, list: [3], deep: { y: 2 } } };
    const patched = await client.patch(widgets, ref, patch, { type: "merge" });
    expect(patched.spec).toEqual({ keep: 1, list: [3], deep: { x: 1, y: 2 } });
  });

  it("checks a resourceVersion inside a merge patch", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    const made = await client.create(configmaps, configMap(ref.namespace, "a"));
    await client.replace(configmaps, configMap(ref.namespace, "a", { k: "v" }));
    const patch = { metadata: { resourceVersion: made.metadata.resourceVersion }, data: { k: "w" } };
    await refusal(client.patch(configmaps, ref, patch, { type: "merge" }), "conflict");
  });

  it("does all operations of a JSON patch or none", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(configmaps, {
      metadata: { ...ref, annotations: { "a/b": "y" } },
      data: { k: "1", gone: "x" },
    });
    const operations = [
      { op: "test", path: "/data/k", value: "1" },
      { op: "replace", path: "/data/k", value: "2" },
      { op: "remove", path: "/data/gone" },
      { op: "move", from: "/metadata/annotations/a~1b", path: "/data/moved" },
      { op: "add", path: "/metadata/labels", value: { a: "b" } },
    ];
    const patched = await client.patch(configmaps, ref, operations, { type: "json" });
    expect(patched).toMatchObject({ data: { k: "2", moved: "y" }, metadata: { labels: { a: "b" } } });
    expect(Object.keys(patched.data as object).sort()).toEqual(["k", "moved"]);
    const failing = [
      { op: "replace", path: "/data/k", value: "3" },
      { op: "test", path: "/data/moved", value: "other" },
    ];
    expect((await refusal(client.patch(configmaps, ref, failing, { type: "json" }), "invalid")).status).toBe(422);
    expect((await client.get(configmaps, ref))?.data).toEqual({ k: "2", moved: "y" });
  });

  it("merges keyed lists item by item in a strategic merge patch", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "web" };
    await client.create(deployments, deployment(ref.namespace));
    const patch = containersPatch({ name: "main", env: [{ name: "B", value: "3" }] }, { name: "new", image: "three" });
    const patched = await client.patch(deployments, ref, patch, { type: "strategic" });
    const images = Object.fromEntries(podSpec(patched).containers.map((item) => [item.name, item.image]));
    expect(images).toEqual({ main: "one", side: "two", new: "three" });
    const main = podSpec(patched).containers.find((item) => item.name === "main");
    expect(Object.fromEntries((main?.env ?? []).map((item) => [item.name, item.value]))).toEqual({ A: "1", B: "3" });
    expect(patched.metadata.generation).toBe(2);
  });

  it("deletes items and replaces whole lists by directive, and replaces lists without keys", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "web" };
    await client.create(deployments, deployment(ref.namespace));
    const strategic = (patch: unknown) => client.patch(deployments, ref, patch, { type: "strategic" });
    const without = await strategic(containersPatch({ name: "side", $patch: "delete" }));
    expect(podSpec(without).containers.map((item) => item.name)).toEqual(["main"]);
    const replaced = await strategic(containersPatch({ $patch: "replace" }, { name: "only", image: "x" }));
    expect(podSpec(replaced).containers.map((item) => item.name)).toEqual(["only"]);
    const tolerations = [{ key: "b", operator: "Exists" }];
    const tolerating = await strategic({ spec: { template: { spec: { tolerations } } } });
    expect(podSpec(tolerating).tolerations).toEqual(tolerations);
  });

  it("has no strategic merge patch for custom resources", async () => {
    const { client, namespace, widgets } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(widgets, { metadata: ref, spec: {} });
    const error = await refusal(client.patch(widgets, ref, { spec: { n: 1 } }, { type: "strategic" }), "invalid");
    expect(error.status).toBe(415);
  });

  it("finds nothing to patch where nothing is", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "none" };
    await refusal(client.patch(configmaps, ref, { data: {} }, { type: "merge" }), "notFound");
  });
};
