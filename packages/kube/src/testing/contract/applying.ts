import { expect, it } from "vitest";
import { resources } from "../../resources.ts";
import type { KubeObject } from "../../types.ts";
import { type ContractPart, configMap, refusal } from "./scene.ts";

const { configmaps, deployments, services } = resources;

interface Entry {
  manager: string;
  operation: string;
  subresource?: string;
  fieldsV1: Record<string, Record<string, unknown>>;
}

function entries(object: KubeObject): Entry[] {
  return (object.metadata.managedFields ?? []) as Entry[];
}

/** A Deployment with these containers, as an applier writes it. */
function deployment(namespace: string, containers: unknown[]): KubeObject {
  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: { containers } };
  return { metadata: { namespace, name: "web" }, spec: { selector: { matchLabels: labels }, template } };
}

function containers(object: KubeObject) {
  const spec = object.spec as { template: { spec: { containers: { name: string; env?: { name: string }[] }[] } } };
  return spec.template.spec.containers;
}

/** Server-side apply: ownership, conflicts, removal. */
export const applying: ContractPart = (scene) => {
  it("creates what is not there, and says who owns which fields", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const made = await client.apply(configmaps, configMap(ns, "a", { k: "v" }), { fieldManager: "one" });
    expect(made).toMatchObject({ data: { k: "v" } });
    expect(entries(made)).toMatchObject([
      { manager: "one", operation: "Apply", fieldsV1: { "f:data": { "f:k": {} } } },
    ]);
  });

  it("is refused without a field manager", async () => {
    const { client, namespace } = scene();
    const object = configMap(await namespace(), "a");
    await refusal(client.apply(configmaps, object, { fieldManager: "" }), "invalid");
  });

  it("removes what its manager no longer applies, and leaves the rest", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    await client.apply(configmaps, configMap(ns, "a", { mine: "1", dropped: "2" }), { fieldManager: "one" });
    await client.apply(configmaps, configMap(ns, "a", { other: "3" }), { fieldManager: "two" });
    const again = await client.apply(configmaps, configMap(ns, "a", { mine: "1" }), { fieldManager: "one" });
    expect(again.data).toEqual({ mine: "1", other: "3" });
  });

  it("keeps a field that another manager applies too", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    await client.apply(configmaps, configMap(ns, "a", { shared: "1", own: "2" }), { fieldManager: "one" });
    await client.apply(configmaps, configMap(ns, "a", { shared: "1" }), { fieldManager: "two" });
    const less = await client.apply(configmaps, configMap(ns, "a"), { fieldManager: "one" });
    expect(less.data).toEqual({ shared: "1" });
    const none = await client.apply(configmaps, configMap(ns, "a"), { fieldManager: "two" });
    expect(none.data ?? {}).toEqual({});
  });

  it("conflicts over a field of another manager, unless forced", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    await client.apply(configmaps, configMap(ns, "a", { k: "1", l: "1" }), { fieldManager: "one" });
    const wanted = configMap(ns, "a", { k: "2" });
    const error = await refusal(client.apply(configmaps, wanted, { fieldManager: "two" }), "conflict");
    expect(error.details).toMatchObject({ causes: [{ reason: "FieldManagerConflict", field: ".data.k" }] });
    expect(error.message).toContain('conflict with "one": .data.k');
    const forced = await client.apply(configmaps, wanted, { fieldManager: "two", force: true });
    expect(forced.data).toEqual({ k: "2", l: "1" });
    const owners = entries(forced).map((entry) => [entry.manager, Object.keys(entry.fieldsV1["f:data"] ?? {})]);
    expect(Object.fromEntries(owners)).toEqual({ one: ["f:l"], two: ["f:k"] });
  });

  it("owns what an update changes, so that a later apply conflicts", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const ref = { namespace: ns, name: "a" };
    await client.apply(configmaps, configMap(ns, "a", { k: "1" }), { fieldManager: "one" });
    const patch = { data: { k: "2" } };
    const patched = await client.patch(configmaps, ref, patch, { type: "merge", fieldManager: "editor" });
    expect(entries(patched).map((entry) => `${entry.manager} ${entry.operation}`)).toEqual(["editor Update"]);
    const back = client.apply(configmaps, configMap(ns, "a", { k: "1" }), { fieldManager: "one" });
    expect((await refusal(back, "conflict")).message).toMatch(/conflict with "editor" using v1: \.data\.k/);
    const same = await client.apply(configmaps, configMap(ns, "a", { k: "2" }), { fieldManager: "one" });
    expect(entries(same)).toHaveLength(2);
  });

  it("does not count an apply that changes nothing", async () => {
    const { client, namespace } = scene();
    const object = configMap(await namespace(), "a", { k: "v" });
    const made = await client.apply(configmaps, object, { fieldManager: "one" });
    const again = await client.apply(configmaps, object, { fieldManager: "one" });
    expect(again.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  it("owns items of keyed lists one by one", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const env = (...names: string[]) => names.map((name) => ({ name, value: name.toLowerCase() }));
    const first = deployment(ns, [{ name: "main", image: "x", env: env("A", "B") }]);
    await client.apply(deployments, first, { fieldManager: "one" });
    const side = {
      metadata: first.metadata,
      spec: { template: { spec: { containers: [{ name: "side", image: "y" }] } } },
    };
    await client.apply(deployments, side, { fieldManager: "two" });
    const main = {
      metadata: first.metadata,
      spec: { template: { spec: { containers: [{ name: "main", env: env("C") }] } } },
    };
    await client.apply(deployments, main, { fieldManager: "three" });
    const second = deployment(ns, [{ name: "main", image: "x", env: env("A") }]);
    const result = await client.apply(deployments, second, { fieldManager: "one" });
    expect(
      containers(result)
        .map((item) => item.name)
        .sort(),
    ).toEqual(["main", "side"]);
    const left = containers(result).find((item) => item.name === "main")?.env ?? [];
    expect(left.map((item) => item.name).sort()).toEqual(["A", "C"]);
  });

  it("removes an item that its only manager no longer applies", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const both = [
      { name: "main", image: "x" },
      { name: "side", image: "y" },
    ];
    await client.apply(deployments, deployment(ns, both), { fieldManager: "one" });
    const result = await client.apply(deployments, deployment(ns, both.slice(0, 1)), { fieldManager: "one" });
    expect(containers(result).map((item) => item.name)).toEqual(["main"]);
  });

  it("keys the ports of a Service by number and protocol", async () => {
    const { client, namespace } = scene();
    const metadata = { namespace: await namespace(), name: "a" };
    const port = (name: string, number: number) => ({ name, port: number, protocol: "TCP" });
    const web = { metadata, spec: { selector: { app: "web" }, ports: [port("web", 80)] } };
    await client.apply(services, web, { fieldManager: "one" });
    const more = { metadata, spec: { ports: [port("metrics", 9090)] } };
    const both = await client.apply(services, more, { fieldManager: "two" });
    expect((both.spec as { ports: { name: string }[] }).ports.map((item) => item.name).sort()).toEqual([
      "metrics",
      "web",
    ]);
  });

  it("treats lists of custom resources as one value", async () => {
    const { client, namespace, widgets } = scene();
    const metadata = { namespace: await namespace(), name: "a" };
    await client.apply(widgets, { metadata, spec: { list: [{ name: "a" }] } }, { fieldManager: "one" });
    const other = { metadata, spec: { list: [{ name: "b" }] } };
    await refusal(client.apply(widgets, other, { fieldManager: "two" }), "conflict");
    const forced = await client.apply(widgets, other, { fieldManager: "two", force: true });
    expect(forced.spec).toEqual({ list: [{ name: "b" }] });
  });

  it("owns labels, annotations, finalizers and owners one by one", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const owner = await client.create(configmaps, configMap(ns, "owner"));
    const reference = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: owner.metadata.uid ?? "" };
    const full = { namespace: ns, name: "a", labels: { x: "1" }, ownerReferences: [reference] };
    await client.apply(configmaps, { metadata: { ...full, finalizers: ["inkube.dev/a"] } }, { fieldManager: "one" });
    const finalizers = ["inkube.dev/b"];
    await client.apply(
      configmaps,
      { metadata: { namespace: ns, name: "a", labels: { y: "2" }, finalizers } },
      { fieldManager: "two" },
    );
    const result = await client.apply(configmaps, { metadata: full }, { fieldManager: "one" });
    expect(result.metadata.labels).toEqual({ x: "1", y: "2" });
    expect(result.metadata.finalizers).toEqual(finalizers);
    expect(result.metadata.ownerReferences).toEqual([reference]);
    await client.patch(configmaps, { namespace: ns, name: "a" }, { metadata: { finalizers: null } }, { type: "merge" });
  });

  it("applies status apart from the rest", async () => {
    const { client, namespace, widgets } = scene();
    const metadata = { namespace: await namespace(), name: "a" };
    const whole = { metadata, spec: { n: 1 }, status: { seen: 1 } };
    const made = await client.apply(widgets, whole, { fieldManager: "one" });
    expect(made.status).toBeUndefined();
    const status = { metadata, spec: { n: 2 }, status: { seen: 2 } };
    const result = await client.apply(widgets, status, { fieldManager: "one", subresource: "status" });
    expect(result).toMatchObject({ spec: { n: 1 }, status: { seen: 2 } });
    expect(
      entries(result)
        .map((entry) => entry.subresource ?? "")
        .sort(),
    ).toEqual(["", "status"]);
    const again = await client.apply(widgets, { metadata, spec: { n: 3 } }, { fieldManager: "one" });
    expect(again).toMatchObject({ spec: { n: 3 }, status: { seen: 2 } });
  });

  it("does not bring back what was deleted under another uid", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const made = await client.apply(configmaps, configMap(ns, "a"), { fieldManager: "one" });
    const wanted = { metadata: { namespace: ns, name: "a", uid: made.metadata.uid ?? "" } };
    await client.delete(configmaps, { namespace: ns, name: "a" });
    await refusal(client.apply(configmaps, wanted, { fieldManager: "one" }), "conflict");
    await client.apply(configmaps, configMap(ns, "a"), { fieldManager: "one" });
    const error = await refusal(client.apply(configmaps, wanted, { fieldManager: "one" }), "invalid");
    expect((error.details as { causes: unknown[] }).causes[0]).toMatchObject({ field: "metadata.uid" });
  });
};
