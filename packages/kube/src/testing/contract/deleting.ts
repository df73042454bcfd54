import { expect, it } from "vitest";
import { resources } from "../../resources.ts";
import type { KubeObject } from "../../types.ts";
import { type ContractPart, configMap, pod, refusal } from "./scene.ts";

const { configmaps, namespaces, pods } = resources;

function binding(name: string, node: string): KubeObject {
  return { apiVersion: "v1", kind: "Binding", metadata: { name }, target: { kind: "Node", name: node } };
}

/** Deletion: preconditions, finalizers, grace periods, propagation. */
export const deleting: ContractPart = (scene) => {
  it("removes an object at once, and says when there was none", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(configmaps, configMap(ref.namespace, "a"));
    expect(await client.delete(configmaps, ref)).toBe(true);
    expect(await client.get(configmaps, ref)).toBeUndefined();
    expect(await client.delete(configmaps, ref)).toBe(false);
  });

  it("spares another incarnation", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    const first = await client.create(configmaps, configMap(ref.namespace, "a"));
    await client.delete(configmaps, ref, { uid: first.metadata.uid ?? "" });
    const second = await client.create(configmaps, configMap(ref.namespace, "a"));
    expect(await client.delete(configmaps, ref, { uid: first.metadata.uid ?? "" })).toBe(false);
    expect(await client.get(configmaps, ref)).toEqual(second);
  });

  it("spares another version", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    const first = await client.create(configmaps, configMap(ref.namespace, "a", { k: "1" }));
    await client.replace(configmaps, configMap(ref.namespace, "a", { k: "2" }));
    const options = { resourceVersion: first.metadata.resourceVersion ?? "" };
    expect((await refusal(client.delete(configmaps, ref, options), "conflict")).status).toBe(409);
  });

  it("waits for finalizers, and goes with the last of them", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    const finalizers = ["inkube.dev/one", "inkube.dev/two"];
    await client.create(configmaps, { metadata: { ...ref, finalizers } });
    expect(await client.delete(configmaps, ref)).toBe(true);
    const dying = await client.get(configmaps, ref);
    expect(dying?.metadata.deletionTimestamp).toBeDefined();
    expect(dying?.metadata.deletionGracePeriodSeconds).toBe(0);
    const keep = (left: string[]) =>
      client.patch(configmaps, ref, { metadata: { finalizers: left } }, { type: "merge" });
    await keep(["inkube.dev/two"]);
    expect((await client.get(configmaps, ref))?.metadata.finalizers).toEqual(["inkube.dev/two"]);
    await keep([]);
    expect(await client.get(configmaps, ref)).toBeUndefined();
  });

  it("takes no new finalizers and no new object while an old one is dying", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(configmaps, { metadata: { ...ref, finalizers: ["inkube.dev/one"] } });
    await client.delete(configmaps, ref);
    const more = { metadata: { finalizers: ["inkube.dev/one", "inkube.dev/two"] } };
    await refusal(client.patch(configmaps, ref, more, { type: "merge" }), "invalid");
    await refusal(client.create(configmaps, configMap(ref.namespace, "a")), "alreadyExists");
    await client.patch(configmaps, ref, { metadata: { labels: { still: "alive" } } }, { type: "merge" });
    await client.patch(configmaps, ref, { metadata: { finalizers: null } }, { type: "merge" });
    expect(await client.get(configmaps, ref)).toBeUndefined();
  });

  it("counts the mark of deletion in generation", async () => {
    const { client, namespace, widgets } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(widgets, { metadata: { ...ref, finalizers: ["inkube.dev/one"] }, spec: {} });
    await client.delete(widgets, ref);
    expect((await client.get(widgets, ref))?.metadata.generation).toBe(2);
    await client.delete(widgets, ref);
    expect((await client.get(widgets, ref))?.metadata.generation).toBe(2);
  });

  it("removes a pod without a node at once", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(pods, pod(ref.namespace, "a"));
    await client.delete(pods, ref);
    expect(await client.get(pods, ref)).toBeUndefined();
  });

  it("leaves a pod on a node until it is deleted without grace", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(pods, pod(ref.namespace, "a"));
    await client.createSubresource(pods, ref, "binding", binding("a", "n"));
    await client.delete(pods, ref);
    expect((await client.get(pods, ref))?.metadata.deletionGracePeriodSeconds).toBe(30);
    await client.delete(pods, ref, { gracePeriodSeconds: 5 });
    const dying = await client.get(pods, ref);
    expect(dying?.metadata.deletionGracePeriodSeconds).toBe(5);
    await client.delete(pods, ref, { gracePeriodSeconds: 60 });
    expect(await client.get(pods, ref)).toEqual(dying);
    await client.delete(pods, ref, { gracePeriodSeconds: 0 });
    expect(await client.get(pods, ref)).toBeUndefined();
  });

  it("removes a pod that has ended at once", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(pods, pod(ref.namespace, "a"));
    await client.createSubresource(pods, ref, "binding", binding("a", "n"));
    await client.patch(pods, ref, { status: { phase: "Succeeded" } }, { type: "merge", subresource: "status" });
    await client.delete(pods, ref);
    expect(await client.get(pods, ref)).toBeUndefined();
  });

  it("keeps a pod with finalizers after its grace is over", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(pods, pod(ref.namespace, "a", { finalizers: ["inkube.dev/one"] }));
    await client.delete(pods, ref, { gracePeriodSeconds: 0 });
    expect((await client.get(pods, ref))?.metadata.deletionTimestamp).toBeDefined();
    await client.patch(pods, ref, { metadata: { finalizers: null } }, { type: "merge" });
    expect(await client.get(pods, ref)).toBeUndefined();
  });

  it("turns foreground and orphaning deletion into finalizers for the garbage collector", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const expected = { Foreground: "foregroundDeletion", Orphan: "orphan" } as const;
    for (const propagation of ["Foreground", "Orphan"] as const) {
      const ref = { namespace: ns, name: propagation.toLowerCase() };
      await client.create(configmaps, configMap(ns, ref.name));
      await client.delete(configmaps, ref, { propagation });
      expect((await client.get(configmaps, ref))?.metadata.finalizers).toEqual([expected[propagation]]);
    }
  });

  it("deletes what a collection selects", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    for (const [name, tier] of Object.entries({ a: "front", b: "front", c: "back" })) {
      await client.create(configmaps, { metadata: { namespace: ns, name, labels: { tier } } });
    }
    const path = `/api/v1/namespaces/${ns}/configmaps?labelSelector=tier%3Dfront`;
    expect((await client.raw({ method: "DELETE", path })).status).toBe(200);
    const left = await client.list(configmaps, { namespace: ns });
    expect(left.items.map((item) => item.metadata.name).filter((name) => name !== "kube-root-ca.crt")).toEqual(["c"]);
  });

  it("marks a namespace as Terminating and takes nothing new into it", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    await client.delete(namespaces, { name: ns });
    expect((await client.get(namespaces, { name: ns }))?.status).toMatchObject({ phase: "Terminating" });
    const error = await refusal(client.create(configmaps, configMap(ns, "a")), "forbidden");
    expect(error.details).toMatchObject({ causes: [{ reason: "NamespaceTerminating" }] });
  });
};
