import { expect, it } from "vitest";
import { resources } from "../../resources.ts";
import type { KubeObject } from "../../types.ts";
import { type ContractPart, pod, refusal } from "./scene.ts";

const { deployments, pods, poddisruptionbudgets, serviceaccounts, tokenreviews } = resources;

function body(kind: string, apiVersion: string, fields: object = {}): KubeObject {
  return { apiVersion, kind, metadata: { name: "a" }, ...fields };
}

function claims(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}

/** status, scale, binding, eviction, token, ephemeralcontainers. */
export const subresources: ContractPart = (scene) => {
  it("keeps status and spec apart", async () => {
    const { client, namespace, widgets } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    const made = await client.create(widgets, { metadata: ref, spec: { n: 1 }, status: { seen: 0 } });
    expect(made.status).toBeUndefined();
    const reported = await client.replace(
      widgets,
      { ...made, spec: { n: 2 }, status: { seen: 1 } },
      { subresource: "status" },
    );
    expect(reported).toMatchObject({ spec: { n: 1 }, status: { seen: 1 }, metadata: { generation: 1 } });
    const written = await client.replace(widgets, { ...reported, spec: { n: 3 }, status: { seen: 9 } });
    expect(written).toMatchObject({ spec: { n: 3 }, status: { seen: 1 }, metadata: { generation: 2 } });
    await refusal(client.patch(resources.configmaps, ref, {}, { type: "merge", subresource: "status" }), "notFound");
  });

  it("merges conditions of a pod by type in a strategic patch of its status", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(pods, pod(ref.namespace, "a"));
    const report = (type: string, status: string) =>
      client.patch(
        pods,
        ref,
        { status: { conditions: [{ type, status }] } },
        { type: "strategic", subresource: "status" },
      );
    await report("Ready", "False");
    await report("Initialized", "True");
    const { status } = (await report("Ready", "True")) as {
      status?: { conditions: { type: string; status: string }[] };
    };
    const seen = Object.fromEntries((status?.conditions ?? []).map((condition) => [condition.type, condition.status]));
    expect(seen).toMatchObject({ Ready: "True", Initialized: "True" });
  });

  it("scales built-in and custom kinds", async () => {
    const { client, namespace, widgets } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    const labels = { app: "a" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "x" }] } };
    await client.create(deployments, {
      metadata: ref,
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    });
    await client.create(widgets, { metadata: ref, spec: { replicas: 1 } });
    for (const type of [deployments, widgets]) {
      const patch = { spec: { replicas: 3 } };
      const scale = await client.patch(type, ref, patch, { type: "merge", subresource: "scale" });
      expect(scale).toMatchObject({ kind: "Scale", apiVersion: "autoscaling/v1", spec: { replicas: 3 } });
      expect(await client.get(type, ref)).toMatchObject({ spec: { replicas: 3 }, metadata: { generation: 2 } });
    }
  });

  it("binds a pod to a node once", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(pods, pod(ref.namespace, "a"));
    const bind = (name: string) =>
      client.createSubresource(pods, ref, "binding", body("Binding", "v1", { target: { kind: "Node", name } }));
    expect(await bind("n")).toMatchObject({ kind: "Status", status: "Success" });
    const bound = await client.get(pods, ref);
    expect(bound).toMatchObject({
      spec: { nodeName: "n" },
      status: { conditions: [{ type: "PodScheduled", status: "True" }] },
    });
    await refusal(bind("m"), "conflict");
    const misnamed = { ...body("Binding", "v1", { target: { kind: "Node", name: "n" } }), metadata: { name: "b" } };
    expect((await refusal(client.createSubresource(pods, ref, "binding", misnamed), "invalid")).status).toBe(400);
  });

  it("evicts a pod, unless a disruption budget forbids it", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    for (const name of ["free", "guarded"]) await client.create(pods, pod(ns, name, { labels: { name } }));
    const spec = { minAvailable: 1, selector: { matchLabels: { name: "guarded" } } };
    const budget = await client.create(poddisruptionbudgets, { metadata: { namespace: ns, name: "a" }, spec });
    // The API server lets nobody through a budget that its controller has not looked at.
    const status = {
      observedGeneration: 1,
      disruptionsAllowed: 0,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
    };
    await client.replace(poddisruptionbudgets, { ...budget, status }, { subresource: "status" });
    for (const name of ["free", "guarded"]) {
      const patch = { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } };
      await client.patch(pods, { namespace: ns, name }, patch, { type: "merge", subresource: "status" });
    }
    const evict = (name: string) =>
      client.createSubresource(pods, { namespace: ns, name }, "eviction", {
        ...body("Eviction", "policy/v1"),
        metadata: { namespace: ns, name },
      });
    await evict("free");
    expect(await client.get(pods, { namespace: ns, name: "free" })).toBeUndefined();
    const error = await refusal(evict("guarded"), "throttled");
    expect(error.details).toMatchObject({ causes: [{ reason: "DisruptionBudget" }] });
    expect(await client.get(pods, { namespace: ns, name: "guarded" })).toBeDefined();
  });

  it("issues tokens of the requested audience and lifetime, bound to a pod", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const ref = { namespace: ns, name: "builder" };
    const account = await client.create(serviceaccounts, { metadata: ref });
    const plain = pod(ns, "runner");
    const runner = await client.create(pods, {
      ...plain,
      spec: { ...Object(plain.spec), serviceAccountName: "builder" },
    });
    await client.create(pods, pod(ns, "stranger"));
    const boundObjectRef = { kind: "Pod", apiVersion: "v1", name: "runner", uid: runner.metadata.uid };
    const request = (spec: object) =>
      client.createSubresource(
        serviceaccounts,
        ref,
        "token",
        body("TokenRequest", "authentication.k8s.io/v1", { metadata: {}, spec }),
      );
    const issued = await request({ audiences: ["vault"], expirationSeconds: 1200, boundObjectRef });
    const { token, expirationTimestamp } = issued.status as { token: string; expirationTimestamp: string };
    const claim = claims(token) as { exp: number; iat: number };
    expect(claim).toMatchObject({
      aud: ["vault"],
      sub: `system:serviceaccount:${ns}:builder`,
      "kubernetes.io": {
        namespace: ns,
        serviceaccount: { name: "builder", uid: account.metadata.uid },
        pod: { name: "runner", uid: runner.metadata.uid },
      },
    });
    expect(claim.exp - claim.iat).toBe(1200);
    expect(Math.abs(Date.parse(expirationTimestamp) / 1000 - claim.exp)).toBeLessThanOrEqual(1);
    await refusal(request({ expirationSeconds: 60 }), "invalid");
    await refusal(request({ boundObjectRef: { ...boundObjectRef, name: "nobody" } }), "notFound");
    await refusal(request({ boundObjectRef: { kind: "Pod", apiVersion: "v1", name: "stranger" } }), "invalid");
    await refusal(request({ boundObjectRef: { ...boundObjectRef, uid: "other" } }), "conflict");
    const review = async (spec: object) =>
      (await client.create(tokenreviews, { spec } as unknown as KubeObject)).status as Record<string, unknown>;
    expect(await review({ token, audiences: ["vault"] })).toMatchObject({
      authenticated: true,
      user: { username: `system:serviceaccount:${ns}:builder` },
    });
    expect((await review({ token, audiences: ["else"] })).authenticated ?? false).toBe(false);
    expect((await review({ token: "nonsense" })).authenticated ?? false).toBe(false);
  });

  it("adds ephemeral containers to a pod only through their subresource", async () => {
    const { client, namespace } = scene();
    const ref = { namespace: await namespace(), name: "a" };
    await client.create(pods, pod(ref.namespace, "a"));
    const patch = { spec: { ephemeralContainers: [{ name: "debug", image: "x" }] } };
    await refusal(client.patch(pods, ref, patch, { type: "strategic" }), "invalid");
    const options = { type: "strategic", subresource: "ephemeralcontainers" } as const;
    const patched = await client.patch(pods, ref, patch, options);
    expect(patched.spec).toMatchObject({ ephemeralContainers: [{ name: "debug" }], containers: [{ name: "main" }] });
  });
};
