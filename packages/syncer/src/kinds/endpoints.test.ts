import { describe, expect, it } from "vitest";
import { endpoints } from "./endpoints.ts";
import { endpointslices } from "./endpointslices.ts";
import { aContext, aNested } from "./kind-fixtures.ts";

function contextWith(spec: object) {
  const pod = aNested("p", { status: { podIPs: [{ ip: "10.1.0.2" }] } });
  return aContext({ nested: { services: [aNested("db", { spec })], pods: [pod] } });
}

const targetRef = { kind: "Pod", name: "p", namespace: "default", uid: "u" };
const subsetsAt = (ip: string) => [
  { addresses: [{ ip, targetRef, hostname: "h", nodeName: "n" }], ports: [{ port: 5432 }] },
];

describe("Endpoints", () => {
  const decide = (name: string, spec: object, ip = "192.0.2.1") =>
    endpoints.decide(aNested(name, { subsets: subsetsAt(ip) }), contextWith(spec));

  it("go to the host only where people write them", () => {
    expect(decide("db", {})).toEqual({ sync: true });
    expect(decide("db", { selector: { app: "db" } })).toMatchObject({ sync: false });
    expect(decide("db", { type: "ExternalName" })).toMatchObject({ sync: false });
    expect(decide("kubernetes", {})).toMatchObject({ sync: false });
    expect(decide("without-service", {})).toMatchObject({ sync: false });
  });

  it.each(["NodePort", "LoadBalancer"])("behind a %s lead to the cluster's own pods only", (type) => {
    expect(decide("db", { type })).toMatchObject({ sync: false, reason: expect.stringContaining("192.0.2.1") });
    expect(decide("db", { type }, "10.1.0.2")).toEqual({ sync: true });
  });

  it("keep everything but the reference to nested objects", () => {
    const subsets = [...subsetsAt("192.0.2.1"), { notReadyAddresses: [{ ip: "192.0.2.2", targetRef }] }];
    expect(endpoints.toHost(aNested("db", { subsets }), aContext()).subsets).toEqual([
      { addresses: [{ ip: "192.0.2.1", hostname: "h", nodeName: "n" }], ports: [{ port: 5432 }] },
      { notReadyAddresses: [{ ip: "192.0.2.2" }] },
    ]);
  });

  it("are looked at again when their Service changes", () => {
    expect(endpoints.triggers?.flatMap((trigger) => [...trigger.affected(aNested("db"), aContext())])).toEqual([
      { namespace: "default", name: "db" },
    ]);
  });
});

describe("EndpointSlices", () => {
  const slice = (labels: Record<string, string>, addresses = ["192.0.2.1"]) =>
    aNested(
      "db-1",
      { addressType: "IPv4", endpoints: [{ addresses, targetRef, conditions: { ready: true } }], ports: [{ port: 1 }] },
      { labels },
    );
  const ofDb = { "kubernetes.io/service-name": "db" };
  const managed = (by: string) => ({ ...ofDb, "endpointslice.kubernetes.io/managed-by": by });

  it.each([
    [ofDb, true],
    [managed("people"), true],
    [managed("endpointslice-controller.k8s.io"), false],
    [managed("endpointslicemirroring-controller.k8s.io"), false],
    [{}, false],
    [{ "kubernetes.io/service-name": "gone" }, false],
  ])("with labels %o: on the host is %s", (labels, sync) => {
    expect(endpointslices.decide(slice(labels), contextWith({ selector: { a: "b" } })).sync).toBe(sync);
  });

  it("behind a NodePort lead to the cluster's own pods only", () => {
    const context = contextWith({ type: "NodePort" });
    expect(endpointslices.decide(slice(ofDb), context)).toMatchObject({ sync: false });
    expect(endpointslices.decide(slice(ofDb, ["10.1.0.2"]), context)).toEqual({ sync: true });
    expect(endpointslices.decide(slice(ofDb, ["10.1.0.2", "10.9.9.9"]), context)).toMatchObject({ sync: false });
  });

  it("belong to the Service's copy", () => {
    const host = endpointslices.toHost(slice(managed("people")), aContext());
    expect(host).toEqual({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        name: "db-1-x-default-x-demo",
        namespace: "inkube-team-demo-abcde",
        annotations: {},
        labels: {
          "kubernetes.io/service-name": "db-x-default-x-demo",
          "endpointslice.kubernetes.io/managed-by": "people",
        },
      },
      addressType: "IPv4",
      endpoints: [{ addresses: ["192.0.2.1"], conditions: { ready: true } }],
      ports: [{ port: 1 }],
    });
  });

  it("are looked at again when their Service changes", () => {
    const context = aContext({ nested: { endpointslices: [slice(ofDb), slice({})] } });
    expect(endpointslices.triggers?.flatMap((trigger) => [...trigger.affected(aNested("db"), context)])).toEqual([
      { namespace: "default", name: "db-1" },
    ]);
  });
});
