import type { KubeObject } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { aContext, aHostCopy, aNested } from "../kind-fixtures.ts";
import { pods } from "./index.ts";
import { podUpdate } from "./update.ts";

const container = { name: "c", image: "app:1", resources: { requests: { cpu: "1" } } };
const before = aNested("web", { spec: { containers: [container] } }, { labels: { app: "w", old: "1" } });

/** The host pod as it lives after its creation from `nested`, with the host's own additions. */
function liveHost(nested: KubeObject, change: (host: KubeObject) => void = () => {}): KubeObject {
  const wanted = pods.toHost(nested, aContext());
  const copy = aHostCopy(nested);
  const host = structuredClone({
    ...wanted,
    metadata: {
      ...wanted.metadata,
      labels: { ...wanted.metadata.labels, ...copy.metadata.labels, injected: "by-host" },
      annotations: { ...wanted.metadata.annotations, ...copy.metadata.annotations, "sidecar/status": "injected" },
    },
  });
  change(host);
  return host;
}

function updates(nested: KubeObject, host: KubeObject) {
  return podUpdate(host, pods.toHost(nested, aContext({ host: { pods: [host] } })));
}

const changed = (spec: object, metadata: object = {}) => ({
  ...before,
  metadata: { ...before.metadata, ...metadata },
  spec: { containers: [container], ...spec },
});

describe("an update of a host pod", () => {
  it("is nothing when nothing changed inside", () => {
    expect(updates(before, liveHost(before))).toEqual([]);
  });

  it("adds, changes and removes the tenant's labels and annotations, never the host's", () => {
    const nested = changed({}, { labels: { app: "w2", fresh: "1" }, annotations: { note: "n" } });
    const [patch, ...more] = updates(nested, liveHost(before));
    expect(more).toEqual([]);
    expect(patch).toMatchObject({
      type: "strategic",
      body: { metadata: { labels: { app: "w2", fresh: "1", old: null }, annotations: { note: "n" } } },
    });
    expect(patch?.body).not.toHaveProperty("metadata.labels.injected");
    expect(patch?.body).not.toHaveProperty("spec");
  });

  it("keeps downward API files up to date", () => {
    const volumes = [
      { name: "v", downwardAPI: { items: [{ path: "l", fieldRef: { fieldPath: "metadata.labels" } }] } },
    ];
    const nested = changed({ volumes });
    const later = changed({ volumes }, { labels: { app: "w", old: "2" } });
    const [patch] = updates(later, liveHost(nested));
    expect(patch?.body).toHaveProperty(["metadata", "annotations", "syncer.inkube.dev/labels"], 'app="w"\nold="2"');
  });

  it("changes images, tolerations and the deadline", () => {
    const own = {
      key: "node.kubernetes.io/not-ready",
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: 300,
    };
    const added = { key: "x", operator: "Exists" };
    const host = liveHost(before, (pod) => Object.assign(pod.spec as object, { tolerations: [own] }));
    const nested = changed({
      containers: [{ ...container, image: "app:2" }],
      tolerations: [added],
      activeDeadlineSeconds: 5,
    });
    const [patch] = updates(nested, host);
    expect(patch?.body).toHaveProperty("spec", {
      containers: [{ name: "c", image: "app:2" }],
      tolerations: [own, added],
      activeDeadlineSeconds: 5,
    });
    expect(patch?.body).toHaveProperty(["metadata", "annotations", "syncer.inkube.dev/mutable-hash"]);
  });

  it("leaves alone what the host's webhooks and limits made of image and resources", () => {
    const host = liveHost(before, (pod) => {
      const [own] = (pod.spec as { containers: Record<string, unknown>[] }).containers;
      Object.assign(own ?? {}, { image: "mirror/app:1", resources: { requests: { cpu: "2" }, limits: { cpu: "2" } } });
    });
    expect(updates(before, host)).toEqual([]);
  });

  it("resizes first, so that the hash is written only when the resize was taken", () => {
    const nested = changed({ containers: [{ ...container, resources: { requests: { cpu: "2" } } }] });
    const patches = updates(nested, liveHost(before));
    expect(patches[0]).toEqual({
      subresource: "resize",
      type: "strategic",
      body: { spec: { containers: [{ name: "c", resources: { requests: { cpu: "2" } } }] } },
    });
    expect(patches[1]?.body).not.toHaveProperty("spec");
  });

  it("adds every ephemeral container that is new, translated, and none at creation", () => {
    const debug = (name: string) => ({ name, image: "busybox", targetContainerName: "c" });
    const nested = changed({ ephemeralContainers: [debug("d1"), debug("d2"), debug("d3")] });
    expect(pods.toHost(nested, aContext()).spec).not.toHaveProperty("ephemeralContainers");
    const host = liveHost(before, (pod) =>
      Object.assign(pod.spec as object, { ephemeralContainers: [{ name: "d1" }] }),
    );
    const [patch] = updates(nested, host);
    expect(patch).toMatchObject({
      subresource: "ephemeralcontainers",
      type: "strategic",
      body: { spec: { ephemeralContainers: [debug("d2"), debug("d3")] } },
    });
  });

  it("brings readiness gates to the host, and no other condition", () => {
    const gate = { type: "example.org/gate", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" };
    const gated = (status: object) => ({ ...changed({ readinessGates: [{ conditionType: gate.type }] }), status });
    const host = liveHost(gated({}));
    const nested = gated({ conditions: [gate, { type: "Ready", status: "False" }] });
    expect(updates(nested, host)).toEqual([
      { subresource: "status", type: "strategic", body: { status: { conditions: [gate] } } },
    ]);
    const after = { ...host, status: { conditions: [gate, { type: "Ready", status: "True" }] } };
    expect(updates(nested, after)).toEqual([]);
  });

  it("survives a spoiled annotation", () => {
    const host = liveHost(before, (pod) => {
      Object.assign(pod.metadata.annotations ?? {}, { "syncer.inkube.dev/owned-keys": "{" });
    });
    expect(updates(before, host)).toHaveLength(1);
  });
});
