import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostClusters, nestedClusters } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { startFakeHost } from "../testing/fake-host.ts";
import { applyObjects, typeOf } from "./apply-objects.ts";
import { isRolledOut } from "./await-programs.ts";
import { hostsIn } from "./hosts-in.ts";

const signal = new AbortController().signal;

describe("applyObjects", () => {
  const objects: KubeObject[] = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "inkube-system" } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "inkube-system" }, data: { a: "1" } },
  ];

  it("makes them once and changes nothing the second time", async () => {
    await using host = await startFakeHost();
    await applyObjects(host.client, objects, { clock: host.clock, signal });
    const revision = host.server.resourceVersion;
    await applyObjects(host.client, objects, { clock: host.clock, signal });
    expect(host.server.object(resources.configmaps, { namespace: "inkube-system", name: "a" })?.data).toEqual({
      a: "1",
    });
    expect(host.server.resourceVersion).toBe(revision);
  });

  it("tries again while the API server does not know a kind yet, but not for ever", async () => {
    await using host = await startFakeHost();
    const unknown = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: "fast" } };
    host.server.faults.add({ fault: { kind: "answer", status: 409 }, times: 3 });
    const applied = applyObjects(host.client, [unknown], { clock: host.clock, signal });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      while (host.clock.sleeping === 0) await new Promise((resolve) => setImmediate(resolve));
      await host.clock.advance(500);
    }
    await applied;
    expect(host.server.object(resources.storageclasses, { name: "fast" })).toBeDefined();
    host.server.faults.add({ fault: { kind: "answer", status: 403 } });
    await expect(applyObjects(host.client, objects, { clock: host.clock, signal })).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  it("knows every kind by its apiVersion", () => {
    const metadata = { name: "x" };
    expect(typeOf({ apiVersion: "inkube.dev/v1alpha1", kind: "NestedCluster", metadata })).toBe(nestedClusters);
    expect(typeOf({ apiVersion: "inkube.dev/v1alpha1", kind: "HostCluster", metadata })).toBe(hostClusters);
    expect(typeOf({ apiVersion: "apps/v1", kind: "Deployment", metadata })).toBe(resources.deployments);
    expect(() => typeOf({ apiVersion: "v1", kind: "Deployment", metadata })).toThrow(/not a known kind/);
  });
});

describe("isRolledOut", () => {
  const metadata = { name: "a", generation: 2 };
  const done = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  const cases: [string, object, boolean][] = [
    ["all is new and available", done, true],
    ["the controller has not seen the change", { ...done, observedGeneration: 1 }, false],
    ["an old pod is still there", { ...done, replicas: 2 }, false],
    ["the new pod is not available", { ...done, availableReplicas: 0 }, false],
    ["there is no status yet", {}, false],
  ];
  it.each(cases)("when %s", (_title, status, expected) => {
    expect(isRolledOut({ metadata, spec: { replicas: 1 }, status })).toBe(expected);
  });
});

describe("hostsIn", () => {
  it("finds folders that hold a host and nothing else", async () => {
    const folder = await mkdtemp(join(tmpdir(), "inkube-test-"));
    try {
      for (const name of ["b", "a", "empty"]) await mkdir(join(folder, name));
      for (const name of ["a", "b"]) await writeFile(join(folder, name, "host.json"), "{}");
      expect(await hostsIn(folder)).toEqual(["a", "b"]);
      expect(await hostsIn(join(folder, "missing"))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
