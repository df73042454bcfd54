import { expect, it } from "vitest";
import type { Client } from "../../client/client.ts";
import { resources } from "../../resources.ts";
import { type ContractPart, configMap, pod, refusal } from "./scene.ts";

const { configmaps, nodes, pods } = resources;

interface Page {
  items: { metadata: { name: string } }[];
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

async function page(client: Client, namespace: string, query: string): Promise<{ status: number; body: Page }> {
  const answer = await client.raw({ method: "GET", path: `/api/v1/namespaces/${namespace}/configmaps?${query}` });
  const text = Buffer.concat(await Array.fromAsync(answer.body)).toString("utf8");
  return { status: answer.status, body: JSON.parse(text) as Page };
}

/** Lists: order, paging, label and field selectors. */
export const listing: ContractPart = (scene) => {
  it("lists a namespace by name, and the version to watch from", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    let last = "";
    for (const name of ["b", "a", "c"]) {
      last = (await client.create(configmaps, configMap(ns, name))).metadata.resourceVersion ?? "";
    }
    const list = await client.list(configmaps, { namespace: ns });
    expect(list.items.map((item) => item.metadata.name)).toEqual(["a", "b", "c"]);
    expect(list.items[0]).toMatchObject({ apiVersion: "v1", kind: "ConfigMap" });
    expect(Number(list.resourceVersion)).toBeGreaterThanOrEqual(Number(last));
  });

  it("gives items of built-in kinds without kind, and those of custom kinds with it", async () => {
    const { client, namespace, widgets } = scene();
    const ns = await namespace();
    await client.create(configmaps, configMap(ns, "a"));
    await client.create(widgets, { metadata: { namespace: ns, name: "a" }, spec: {} });
    expect((await page(client, ns, "")).body.items[0]).not.toHaveProperty("kind");
    const path = `/apis/${widgets.group}/v1/namespaces/${ns}/widgets`;
    const answer = await client.raw({ method: "GET", path });
    const list = JSON.parse(Buffer.concat(await Array.fromAsync(answer.body)).toString("utf8"));
    expect(list).toMatchObject({ kind: "WidgetList", items: [{ kind: "Widget" }] });
  });

  it("pages through one consistent state", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    for (const name of ["a", "b", "c", "d", "e"]) await client.create(configmaps, configMap(ns, name));
    const first = (await page(client, ns, "limit=2")).body;
    expect(first.items.map((item) => item.metadata.name)).toEqual(["a", "b"]);
    expect(first.metadata.remainingItemCount).toBe(3);
    await client.create(configmaps, configMap(ns, "aa"));
    await client.delete(configmaps, { namespace: ns, name: "d" });
    const rest = (await page(client, ns, `limit=5&continue=${first.metadata.continue}`)).body;
    expect(rest.items.map((item) => item.metadata.name)).toEqual(["c", "d", "e"]);
    expect(rest.metadata.continue ?? "").toBe("");
    expect(rest.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it("refuses a continue token that is none", async () => {
    const { client, namespace } = scene();
    expect((await page(client, await namespace(), "limit=1&continue=nonsense")).status).toBe(400);
  });

  const labelled: Record<string, Record<string, string>> = {
    a: { tier: "front", env: "prod" },
    b: { tier: "back", env: "prod" },
    c: { tier: "back", env: "test" },
    d: {},
  };
  const cases: [selector: string, names: string][] = [
    ["tier=back", "b c"],
    ["tier==front", "a"],
    ["tier!=back", "a d"],
    ["tier=back,env=prod", "b"],
    ["tier in (front, back),env notin (test)", "a b"],
    ["env notin (prod)", "c d"],
    ["tier", "a b c"],
    ["!tier", "d"],
  ];
  it("selects by labels", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    for (const [name, labels] of Object.entries(labelled)) {
      await client.create(configmaps, { metadata: { namespace: ns, name, labels } });
    }
    for (const [labelSelector, names] of cases) {
      const { items } = await client.list(configmaps, { namespace: ns, labelSelector });
      expect(items.map((item) => item.metadata.name).join(" "), labelSelector).toBe(names);
    }
  });

  it("selects by fields", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    for (const name of ["a", "b"]) await client.create(pods, pod(ns, name));
    const node = { kind: "Node", name: `node-of-${ns}` };
    const body = { apiVersion: "v1", kind: "Binding", metadata: { name: "b" }, target: node };
    await client.createSubresource(pods, { namespace: ns, name: "b" }, "binding", body);
    const select = async (fieldSelector: string) =>
      (await client.list(pods, { namespace: ns, fieldSelector })).items.map((item) => item.metadata.name).join(" ");
    expect(await select("metadata.name=a")).toBe("a");
    expect(await select(`spec.nodeName=${node.name}`)).toBe("b");
    expect(await select("spec.nodeName=")).toBe("a");
    expect(await select("status.phase=Pending,metadata.name!=a")).toBe("b");
    expect((await client.list(pods, { fieldSelector: `metadata.namespace=${ns}` })).items).toHaveLength(2);
    await refusal(client.list(pods, { fieldSelector: "spec.hostname=x" }), "invalid");
    await refusal(client.list(nodes, { fieldSelector: "status.phase=x" }), "invalid");
  });

  it("refuses a version that is no number", async () => {
    const { client, namespace } = scene();
    expect((await page(client, await namespace(), "resourceVersion=soon")).status).toBe(400);
  });

  it("refuses a selector that is none", async () => {
    const { client } = scene();
    expect((await refusal(client.list(pods, { labelSelector: "a b c" }), "invalid")).status).toBe(400);
  });
};
