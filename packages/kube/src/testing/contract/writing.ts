import { expect, it } from "vitest";
import { resources } from "../../resources.ts";
import { type ContractPart, configMap, refusal } from "./scene.ts";

const { configmaps, secrets, services, namespaces, pods, leases } = resources;

/** Create, read, replace: identity, versions, generation, refusals. */
export const writing: ContractPart = (scene) => {
  it("gives a created object uid, resourceVersion and creationTimestamp", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const made = await client.create(configmaps, configMap(ns, "a", { k: "v" }));
    expect(made.metadata.uid).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
    expect(made.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Number(made.metadata.resourceVersion)).toBeGreaterThan(0);
    const read = await client.get(configmaps, { namespace: ns, name: "a" });
    expect(read).toEqual(made);
  });

  it("counts one resourceVersion for all kinds", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const first = await client.create(configmaps, configMap(ns, "a"));
    const second = await client.create(secrets, { metadata: { namespace: ns, name: "a" } });
    expect(Number(second.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
  });

  it("completes generateName", async () => {
    const { client, namespace } = scene();
    const metadata = { namespace: await namespace(), generateName: "web-" };
    const made = await client.create(configmaps, { metadata: metadata as typeof metadata & { name: string } });
    expect(made.metadata.name).toMatch(/^web-[a-z0-9]{5}$/);
  });

  it("refuses a second object of the same name", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    await client.create(configmaps, configMap(ns, "a"));
    const error = await refusal(client.create(configmaps, configMap(ns, "a")), "alreadyExists");
    expect(error.status).toBe(409);
  });

  it("refuses names that are no names", async () => {
    const { client, namespace } = scene();
    const error = await refusal(client.create(configmaps, configMap(await namespace(), "Not_A_Name")), "invalid");
    expect(error).toMatchObject({ status: 422, reason: "Invalid" });
    expect(error.details).toMatchObject({ causes: [{ field: "metadata.name" }] });
  });

  it("refuses an object for a namespace that is not there", async () => {
    const { client } = scene();
    const error = await refusal(client.create(configmaps, configMap("nowhere", "a")), "notFound");
    expect(error.details).toMatchObject({ name: "nowhere", kind: "namespaces" });
  });

  it("refuses an object that names another kind", async () => {
    const { client, namespace } = scene();
    const wrong = { ...configMap(await namespace(), "a"), apiVersion: "v1", kind: "Secret" };
    expect((await refusal(client.create(configmaps, wrong), "invalid")).status).toBe(400);
  });

  it("knows nothing of objects and kinds that are not there", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    expect(await client.get(configmaps, { namespace: ns, name: "none" })).toBeUndefined();
    await refusal(client.replace(configmaps, configMap(ns, "none")), "notFound");
    const gadgets = { ...configmaps, group: "none.inkube.dev", plural: "gadgets", kind: "Gadget" };
    await refusal(client.list(gadgets), "notFound");
  });

  it("replaces without a resourceVersion, and refuses a stale one", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const made = await client.create(configmaps, configMap(ns, "a", { k: "1" }));
    const replaced = await client.replace(configmaps, configMap(ns, "a", { k: "2" }));
    expect(replaced).toMatchObject({ data: { k: "2" }, metadata: { uid: made.metadata.uid } });
    expect(replaced.metadata.resourceVersion).not.toBe(made.metadata.resourceVersion);
    expect((await refusal(client.replace(configmaps, made), "conflict")).reason).toBe("Conflict");
  });

  it("refuses to replace another incarnation", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const first = await client.create(configmaps, configMap(ns, "a"));
    await client.delete(configmaps, { namespace: ns, name: "a" });
    await client.create(configmaps, configMap(ns, "a"));
    const { resourceVersion: _version, ...metadata } = first.metadata;
    await refusal(client.replace(configmaps, { ...first, metadata }), "conflict");
  });

  it("takes a Lease and a custom resource only with a resourceVersion", async () => {
    const { client, namespace, widgets } = scene();
    const ns = await namespace();
    for (const type of [leases, widgets]) {
      await client.create(type, { metadata: { namespace: ns, name: "a" }, spec: {} });
      const error = await refusal(
        client.replace(type, { metadata: { namespace: ns, name: "a" }, spec: {} }),
        "invalid",
      );
      expect(error.details).toMatchObject({ causes: [{ field: "metadata.resourceVersion" }] });
    }
  });

  it("does not count a write that changes nothing", async () => {
    const { client, namespace } = scene();
    const made = await client.create(configmaps, configMap(await namespace(), "a", { k: "v" }));
    const again = await client.replace(configmaps, made);
    expect(again.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  it("counts changes of the spec, and of nothing else, in generation", async () => {
    const { client, namespace, widgets } = scene();
    const made = await client.create(widgets, {
      metadata: { namespace: await namespace(), name: "a" },
      spec: { n: 1 },
    });
    expect(made.metadata.generation).toBe(1);
    const labelled = await client.replace(widgets, { ...made, metadata: { ...made.metadata, labels: { a: "b" } } });
    expect(labelled.metadata.generation).toBe(1);
    const changed = await client.replace(widgets, { ...labelled, spec: { n: 2 } });
    expect(changed.metadata.generation).toBe(2);
    const plain = await client.create(configmaps, configMap(made.metadata.namespace ?? "", "a"));
    expect(plain.metadata.generation).toBeUndefined();
  });

  it("keeps what only the server writes", async () => {
    const { client, namespace, widgets } = scene();
    const made = await client.create(widgets, { metadata: { namespace: await namespace(), name: "a" }, spec: {} });
    const forged = { ...made.metadata, creationTimestamp: "2001-01-01T00:00:00Z", generation: 77 };
    const replaced = await client.replace(widgets, { ...made, metadata: forged, spec: { n: 1 } });
    expect(replaced.metadata).toMatchObject({ creationTimestamp: made.metadata.creationTimestamp, generation: 2 });
  });

  it("turns stringData of a Secret into data", async () => {
    const { client, namespace } = scene();
    const secret = { metadata: { namespace: await namespace(), name: "a" }, stringData: { user: "root" } };
    const made = await client.create(secrets, secret);
    expect(made).toMatchObject({ type: "Opaque", data: { user: "cm9vdA==" } });
    expect(made.stringData).toBeUndefined();
  });

  it("gives a Service a ClusterIP that stays", async () => {
    const { client, namespace } = scene();
    const metadata = { namespace: await namespace(), name: "a" };
    const made = await client.create(services, { metadata, spec: { ports: [{ port: 80 }] } });
    const { clusterIP } = made.spec as { clusterIP: string };
    expect(clusterIP).toMatch(/^10\.96\.\d+\.\d+$/);
    expect(made.spec).toMatchObject({ type: "ClusterIP", ports: [{ port: 80, protocol: "TCP", targetPort: 80 }] });
    const again = await client.replace(services, { metadata, spec: { ports: [{ port: 81 }] } });
    expect(again.spec).toMatchObject({ clusterIP, ports: [{ port: 81, protocol: "TCP", targetPort: 81 }] });
    const moved = { metadata, spec: { clusterIP: "10.96.255.254", ports: [{ port: 80 }] } };
    await refusal(client.replace(services, moved), "invalid");
  });

  it("keeps a headless Service headless", async () => {
    const { client, namespace } = scene();
    const metadata = { namespace: await namespace(), name: "a" };
    const made = await client.create(services, { metadata, spec: { clusterIP: "None", ports: [{ port: 80 }] } });
    expect(made.spec).toMatchObject({ clusterIP: "None", clusterIPs: ["None"] });
  });

  it("gives a NodePort Service its ports", async () => {
    const { client, namespace } = scene();
    const metadata = { namespace: await namespace(), name: "a" };
    const made = await client.create(services, { metadata, spec: { type: "NodePort", ports: [{ port: 80 }] } });
    const [port] = (made.spec as { ports: { nodePort: number }[] }).ports;
    expect(port?.nodePort).toBeGreaterThanOrEqual(30000);
  });

  it("starts pods as Pending and namespaces as Active", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    expect((await client.get(namespaces, { name: ns }))?.status).toEqual({ phase: "Active" });
    const made = await client.create(pods, {
      metadata: { namespace: ns, name: "a" },
      spec: { containers: [{ name: "main", image: "x" }] },
      status: { phase: "Running" },
    });
    expect(made).toMatchObject({ spec: { restartPolicy: "Always" }, status: { phase: "Pending" } });
    expect(made.metadata.generation).toBe(1);
  });

  it("refuses to change what a pod runs, except its images", async () => {
    const { client, namespace } = scene();
    const metadata = { namespace: await namespace(), name: "a" };
    const spec = { containers: [{ name: "main", image: "x" }] };
    await client.create(pods, { metadata, spec });
    const patched = await client.patch(
      pods,
      metadata,
      { spec: { containers: [{ name: "main", image: "y" }] } },
      { type: "strategic" },
    );
    expect(patched.spec).toMatchObject({ containers: [{ name: "main", image: "y" }] });
    const command = { spec: { containers: [{ name: "main", command: ["sh"] }] } };
    await refusal(client.patch(pods, metadata, command, { type: "strategic" }), "invalid");
    await refusal(client.patch(pods, metadata, { spec: { nodeName: "n" } }, { type: "merge" }), "invalid");
  });

  it("dry-runs a create, a replace and an apply without storing them", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const tried = await client.create(configmaps, configMap(ns, "a"), { dryRun: true });
    expect(tried.metadata.uid).toBeDefined();
    expect(await client.get(configmaps, { namespace: ns, name: "a" })).toBeUndefined();
    const made = await client.create(configmaps, configMap(ns, "a", { k: "1" }));
    const wanted = configMap(ns, "a", { k: "2" });
    expect(await client.replace(configmaps, wanted, { dryRun: true })).toMatchObject({ data: { k: "2" } });
    const applied = await client.apply(configmaps, configMap(ns, "b"), { fieldManager: "m", dryRun: true });
    expect(applied.metadata.name).toBe("b");
    expect(await client.get(configmaps, { namespace: ns, name: "a" })).toEqual(made);
    expect(await client.get(configmaps, { namespace: ns, name: "b" })).toBeUndefined();
    await refusal(client.create(configmaps, configMap(ns, "a"), { dryRun: true }), "alreadyExists");
  });
};
