import { describe, expect, it } from "vitest";
import { aContext, aHostCopy, aNested } from "./kind-fixtures.ts";
import { nodes } from "./nodes.ts";
import { persistentvolumes } from "./persistentvolumes.ts";
import { storageclasses } from "./storageclasses.ts";
import { record, records } from "./untyped.ts";

describe("a node inside", () => {
  it("is the true one without what tells of other tenants or of the host's secrets", () => {
    const status = {
      addresses: [{ type: "InternalIP", address: "192.0.2.9" }],
      capacity: { cpu: "4" },
      allocatable: { cpu: "3" },
      conditions: [{ type: "Ready", status: "True" }],
      nodeInfo: { kubeletVersion: "v1.34.4" },
    };
    const host = {
      metadata: {
        name: "n",
        uid: "u",
        labels: { zone: "1" },
        annotations: { "flannel.alpha.coreos.com/backend-data": "secret" },
      },
      spec: {
        podCIDR: "10.1.0.0/24",
        podCIDRs: ["10.1.0.0/24"],
        providerID: "gce://project/zone/n",
        taints: [{ key: "t", effect: "NoSchedule" }],
        unschedulable: true,
      },
      status: {
        ...status,
        images: [{ names: ["registry.example.org/other-tenant/app"] }],
        volumesInUse: ["kubernetes.io/csi/x"],
        volumesAttached: [{ name: "x" }],
        daemonEndpoints: { kubeletEndpoint: { Port: 10251 } },
      },
    };
    expect(nodes.toNested(host, aContext())).toEqual({
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name: "n",
        labels: { zone: "1" },
        annotations: { "syncer.inkube.dev/host-taints": '[{"key":"t","effect":"NoSchedule"}]' },
      },
      spec: {
        podCIDR: "10.1.0.0/24",
        podCIDRs: ["10.1.0.0/24"],
        taints: [{ key: "t", effect: "NoSchedule" }],
        unschedulable: true,
      },
      status: { ...status, daemonEndpoints: { kubeletEndpoint: { Port: 10250 } } },
    });
  });

  const taint = (key: string) => ({ key, effect: "NoSchedule" });
  const host = (...taints: object[]) => ({ metadata: { name: "n" }, spec: { taints } });

  /** The nested node as it is after each of the given states of the host, a tenant having added `mine` before the last. */
  function taintsAfter(before: object[], after: object[]) {
    const first = nodes.toNested(host(...before), aContext());
    const spec = { taints: [...records(record(first?.spec).taints), taint("mine")] };
    const nested = { metadata: first?.metadata ?? { name: "n" }, spec };
    return nodes.toNested(host(...after), aContext({ nested: { nodes: [nested] } }))?.spec;
  }

  it.each([
    [[], [], {}],
    [[], [taint("a")], { taints: [taint("a"), taint("mine")] }],
    [[taint("a")], [taint("a")], { taints: [taint("a"), taint("mine")] }],
    [[taint("a")], [taint("b")], { taints: [taint("b"), taint("mine")] }],
    [[taint("a")], [], { taints: [taint("mine")] }],
  ])("keeps a tenant's taint while the host's go from %o to %o", (before, after, spec) => {
    expect(taintsAfter(before, after)).toEqual(spec);
  });

  it("says nothing of a cordon that the host does not have, so that one inside stays", () => {
    expect(nodes.toNested({ metadata: { name: "n" }, spec: {} }, aContext())?.spec).toEqual({});
  });
});

describe("a storage class inside", () => {
  it("has the behaviour of the host's, and no parameters", () => {
    const shown = {
      provisioner: "csi.example.org",
      reclaimPolicy: "Delete",
      allowVolumeExpansion: true,
      volumeBindingMode: "WaitForFirstConsumer",
      allowedTopologies: [{ matchLabelExpressions: [] }],
    };
    const annotations = { "storageclass.kubernetes.io/is-default-class": "true", other: "x" };
    const host = {
      metadata: { name: "fast", uid: "u", annotations },
      ...shown,
      parameters: { "csi.storage.k8s.io/provisioner-secret-name": "s" },
      mountOptions: ["password=x"],
    };
    expect(storageclasses.toNested(host, aContext())).toEqual({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "fast", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      ...shown,
    });
  });
});

describe("a volume inside", () => {
  const claim = aNested("data");
  const claimRef = {
    kind: "PersistentVolumeClaim",
    namespace: "inkube-team-demo-abcde",
    name: "data-x-default-x-demo",
  };
  const shown = {
    capacity: { storage: "1Gi" },
    accessModes: ["ReadWriteOnce"],
    volumeMode: "Filesystem",
    storageClassName: "fast",
    persistentVolumeReclaimPolicy: "Delete",
  };
  const volume = (ref: object) => ({
    metadata: { name: "pvc-1", uid: "u", annotations: { "pv.kubernetes.io/provisioned-by": "x" } },
    spec: { ...shown, claimRef: ref, hostPath: { path: "/var/lib/secret" }, mountOptions: ["password=x"] },
    status: { phase: "Bound" },
  });
  const context = aContext({
    host: { persistentvolumeclaims: [aHostCopy(claim)] },
    nested: { persistentvolumeclaims: [claim] },
  });
  const nestedVolume = {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "pvc-1" },
    spec: {
      ...shown,
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: "default",
        name: "data",
        uid: "data-uid",
      },
      csi: { driver: "host.inkube.dev", volumeHandle: "pvc-1" },
    },
    status: { phase: "Bound" },
  };

  it("belongs to the nested claim and does not say where the data lies", () => {
    expect(persistentvolumes.toNested(volume(claimRef), context)).toEqual(nestedVolume);
  });

  it.each([
    ["another namespace's", { ...claimRef, namespace: "inkube-other" }],
    ["nobody's", undefined],
    ["one that the syncer did not make", { ...claimRef, name: "data-control-plane-0" }],
  ])("is not shown when it is %s", (_name, ref) => {
    expect(persistentvolumes.toNested(volume(ref ?? {}), context)).toBeUndefined();
  });

  it("is not shown for a claim that only says it is the copy", () => {
    const forged = aHostCopy(claim, {}, { name: "forged" });
    const host = { persistentvolumeclaims: [forged] };
    expect(persistentvolumes.toNested(volume({ ...claimRef, name: "forged" }), aContext({ host }))).toBeUndefined();
  });

  it("stays shown with its claim after the claim is gone on the host", () => {
    const released = { ...volume(claimRef), status: { phase: "Released" } };
    const after = aContext({ nested: { persistentvolumes: [nestedVolume] } });
    expect(persistentvolumes.toNested(released, after)).toEqual({ ...nestedVolume, status: { phase: "Released" } });
  });
});
