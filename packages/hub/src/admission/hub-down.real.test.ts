import { finalizer, hostClusters, labels, names, nestedClusters } from "@inkube/api";
import { isKubeError, type KubeObject, resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { cluster, makeHost } from "./testing/scene.ts";

let test: TestHub;
const ref = { namespace: "default", name: "kept" };
const merge = { type: "merge" } as const;

beforeAll(async () => {
  test = await startTestHub();
  await makeHost(test, "edge");
  const project = { name: "team", labels: { [labels.isProject]: "true" } };
  await test.admin.create(resources.namespaces, { metadata: project });
  const object = cluster("kept", { host: "edge" });
  await test.admin.create(nestedClusters, { ...object, metadata: { ...object.metadata, finalizers: [finalizer] } });
});
afterAll(() => test?.[Symbol.asyncDispose]());

const configurations = [resources.mutatingwebhookconfigurations, resources.validatingwebhookconfigurations];

describe("webhook configurations", () => {
  it("are put back when somebody changed or deleted them", async () => {
    for (const type of configurations) expect(await test.admin.delete(type, { name: names.hub })).toBe(true);
    await eventually(async () => {
      for (const type of configurations) expect(await test.admin.get(type, { name: names.hub })).toBeDefined();
    });
  });

  it("let nobody ask who is not told the path's last part", async () => {
    const [mutating] = await Promise.all(configurations.map((type) => test.admin.get(type, { name: names.hub })));
    const [webhook] = (mutating as KubeObject & { webhooks: { clientConfig: { url: string } }[] }).webhooks;
    const path = new URL(webhook?.clientConfig.url ?? "").pathname;
    const malformed = ["{", "[]", "{}", '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', ""];
    for (const payload of malformed) {
      const send = (url: string) =>
        test.hub.server.inject({ method: "POST", url, payload, headers: { "content-type": "application/json" } });
      expect((await send(path)).statusCode, payload).toBe(400);
      expect((await send(`${path}x`)).statusCode).toBe(404);
      expect((await send(path.replace(/[^/]+$/, "undefined"))).statusCode).toBe(404);
    }
    const openapi = JSON.stringify(test.hub.server.swagger());
    expect(openapi).not.toContain("/admission");
  });
});

describe("while the hub is away", () => {
  beforeAll(async () => {
    await test.stopAdmission();
    await eventually(async () => {
      const attempt = await test.admin.create(nestedClusters, cluster("new")).catch((error: unknown) => error);
      expect(isKubeError(attempt, "server")).toBe(true);
    });
  });

  const blocked: [string, () => Promise<unknown>][] = [
    ["a new nested cluster", () => test.admin.create(nestedClusters, cluster("new"))],
    ["a resize", () => test.admin.patch(nestedClusters, ref, { spec: { size: { cpu: "5" } } }, merge)],
    ["a change of a host", () => test.admin.patch(hostClusters, { name: "edge" }, { spec: { nesting: false } }, merge)],
    ["the removal of a host", () => test.admin.delete(hostClusters, { name: "edge" })],
    ["the deletion of a project", () => test.admin.delete(resources.namespaces, { name: "team" })],
  ];
  it.each(blocked)("%s is not let through", async (_what, change) => {
    await expect(change()).rejects.toThrow(/failed calling webhook/);
  });

  it("Inkube's own programs change what they want", async () => {
    const agent = test.as(`system:serviceaccount:${names.systemNamespace}:${names.agent}`, ["system:masters"]);
    const owned = { metadata: { labels: { seen: "true" } }, spec: { size: { cpu: "5" } } };
    await agent.patch(nestedClusters, ref, owned, merge);
    await agent.patch(hostClusters, { name: "edge" }, { spec: { description: "x" } }, merge);
    await agent.close();
  });

  it("statuses are written, finalizers taken off and nested clusters deleted by anybody who may", async () => {
    await test.admin.patch(nestedClusters, ref, { status: { phase: "Ready" } }, { ...merge, subresource: "status" });
    const nodes = { status: { nodes: 3 } };
    await test.admin.patch(hostClusters, { name: "edge" }, nodes, { ...merge, subresource: "status" });
    expect(await test.admin.delete(nestedClusters, ref)).toBe(true);
    await eventually(async () => {
      if (!(await test.admin.get(nestedClusters, ref))) return;
      await test.admin.patch(nestedClusters, ref, { metadata: { finalizers: null } }, merge);
      expect(await test.admin.get(nestedClusters, ref)).toBeUndefined();
    });
  });

  it("namespaces that are no projects are deleted", async () => {
    await test.admin.create(resources.namespaces, { metadata: { name: "ordinary" } });
    expect(await test.admin.delete(resources.namespaces, { name: "ordinary" })).toBe(true);
  });
});
