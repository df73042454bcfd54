import type { KubeObject } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { aContext, aHostCopy, aNested } from "./kind-fixtures.ts";
import { persistentvolumeclaims as claims } from "./persistentvolumeclaims.ts";

const spec = {
  accessModes: ["ReadWriteOnce"],
  resources: { requests: { storage: "1Gi" } },
  storageClassName: "fast",
  volumeMode: "Filesystem",
};
const ownClaim = { kind: "PersistentVolumeClaim", name: "old" };

describe("a claim on the host", () => {
  it("asks for the same, from the same class", () => {
    expect(claims.toHost(aNested("data", { spec }), aContext())).toMatchObject({ spec });
  });

  it("copies the copy of its source", () => {
    const host = claims.toHost(
      aNested("data", {
        spec: { ...spec, dataSource: ownClaim, dataSourceRef: { ...ownClaim, namespace: "default" } },
      }),
      aContext(),
    );
    const source = { kind: "PersistentVolumeClaim", name: "old-x-default-x-demo" };
    expect(host.spec).toEqual({ ...spec, dataSource: source, dataSourceRef: source });
    expect(claims.references(aNested("data", { spec: { dataSource: ownClaim } }))).toEqual([
      { kind: "persistentvolumeclaims", namespace: "default", name: "old", optional: true },
    ]);
  });

  it.each([
    { dataSource: { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "s" } },
    { dataSourceRef: { ...ownClaim, namespace: "other" } },
    { volumeName: "of-somebody-else" },
  ])("waits while it has %o", (more) => {
    expect(claims.decide(aNested("data", { spec: { ...spec, ...more } }), aContext())).toMatchObject({
      sync: false,
      wait: true,
    });
  });

  it("may name a volume of this cluster", () => {
    const claimRef = { namespace: "inkube-team-demo-abcde", name: "data-x-default-x-demo" };
    const context = aContext({ host: { persistentvolumes: [{ metadata: { name: "pv" }, spec: { claimRef } }] } });
    expect(claims.decide(aNested("data", { spec: { ...spec, volumeName: "pv" } }), context)).toEqual({ sync: true });
  });

  it("is never taken back once it holds data, unless the nested one is another", () => {
    const nested = aNested("data", { spec: { volumeName: "not-shown-yet" } });
    const host = { persistentvolumeclaims: [aHostCopy(nested)] };
    expect(claims.decide(nested, aContext({ host }))).toEqual({ sync: true });
    const recreated = { ...nested, metadata: { ...nested.metadata, uid: "another" } };
    expect(claims.decide(recreated, aContext({ host }))).toMatchObject({ sync: false, wait: true });
  });

  it("grows when it grew inside, and keeps what the host enlarged by itself", () => {
    const created = claims.toHost(aNested("data", { spec }), aContext());
    const enlarged = { ...created, spec: { ...spec, resources: { requests: { storage: "5Gi" } } } };
    expect(claims.update?.(enlarged, created)).toEqual([]);
    const grown = { ...spec, resources: { requests: { storage: "9Gi" } } };
    const [patch, ...more] =
      claims.update?.(created, claims.toHost(aNested("data", { spec: grown }), aContext())) ?? [];
    expect(more).toEqual([]);
    expect(patch).toMatchObject({ type: "merge", body: { spec: { resources: { requests: { storage: "9Gi" } } } } });
  });
});

describe("what a nested claim takes over", () => {
  const fromHost = (nested: KubeObject, hostSpec: object, status?: object) =>
    claims.fromHost(aHostCopy(nested, { spec: hostSpec, ...(status && { status }) }), nested, aContext());
  const bound = { phase: "Bound", capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"] };

  it("is its volume, with the mark of a finished binding, and the status", () => {
    const nested = aNested("data", { spec, status: { phase: "Pending" } });
    expect(fromHost(nested, { ...spec, volumeName: "pv" }, bound)).toEqual([
      {
        verb: "patch",
        body: { metadata: { annotations: { "pv.kubernetes.io/bind-completed": "yes" } }, spec: { volumeName: "pv" } },
      },
      { verb: "patch", subresource: "status", body: { status: bound } },
    ]);
  });

  it("is the class that the host chose for a claim without one", () => {
    const nested = aNested("data", { spec: { ...spec, storageClassName: undefined } });
    expect(fromHost(nested, { ...spec, volumeName: "pv" }, bound)[0]).toHaveProperty("body.spec", {
      volumeName: "pv",
      storageClassName: "fast",
    });
  });

  it("is no volume before the binding is done, and nothing when both agree", () => {
    const pending = aNested("data", { spec, status: { phase: "Pending" } });
    expect(fromHost(pending, { ...spec, volumeName: "pv" }, { phase: "Pending" })).toEqual([]);
    expect(fromHost(pending, spec)).toEqual([]);
    const same = aNested("data", { spec: { ...spec, volumeName: "pv" }, status: bound });
    expect(fromHost(same, { ...spec, volumeName: "pv" }, bound)).toEqual([]);
  });

  it("is every step of a resize", () => {
    const nested = aNested("data", { spec: { ...spec, volumeName: "pv" }, status: bound });
    const resizing = { type: "ControllerResizeError", status: "True" };
    const conditions = [{ ...resizing, message: "data of default" }];
    const hostConditions = [{ ...resizing, message: "data-x-default-x-demo of inkube-team-demo-abcde" }];
    const status = { ...bound, conditions: hostConditions, allocatedResources: { storage: "2Gi" } };
    expect(fromHost(nested, { ...spec, volumeName: "pv" }, status)).toEqual([
      {
        verb: "patch",
        subresource: "status",
        body: { status: { conditions, allocatedResources: { storage: "2Gi" } } },
      },
    ]);
  });
});
