import type { KubeObject } from "@inkube/kube";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patchFor, serviceForHost } from "./service-patch.ts";
import type { ServiceRequest, ServiceSpec } from "./service-request.ts";

const given = { clusterIP: "10.96.0.7", clusterIPs: ["10.96.0.7"], ipFamilies: ["IPv4"], nodePorts: [31000, 0] };

function service(spec: ServiceSpec, name = "web", generateName?: string): KubeObject {
  return { metadata: { name, namespace: "default", ...(generateName ? { generateName } : {}) }, spec };
}

function request(object: KubeObject, oldObject?: KubeObject): ServiceRequest {
  const operation = oldObject ? "UPDATE" : "CREATE";
  return {
    uid: "1",
    operation,
    namespace: "default",
    name: "",
    dryRun: false,
    object,
    ...(oldObject ? { oldObject } : {}),
  };
}

function patched(of: ServiceRequest): Record<string, unknown> {
  const wanted = serviceForHost(of, () => 0);
  return Object.fromEntries(patchFor(of, wanted, given).map(({ path, value }) => [path, value]));
}

describe("the patch of a Service", () => {
  it("gives a new one the host's address and no node ports", () => {
    expect(patched(request(service({ type: "ClusterIP", ports: [{ port: 80 }] })))).toEqual({
      "/spec/clusterIP": "10.96.0.7",
      "/spec/clusterIPs": ["10.96.0.7"],
      "/spec/ipFamilies": ["IPv4"],
      "/spec/ipFamilyPolicy": "SingleStack",
    });
  });

  it("gives node ports to those that have them, where the host gave one", () => {
    const patch = patched(request(service({ type: "NodePort", ports: [{ port: 80 }, { port: 81 }] })));
    expect(patch["/spec/ports/0/nodePort"]).toBe(31000);
    expect(patch).not.toHaveProperty("/spec/ports/1/nodePort");
  });

  it("gives a load balancer its health check port", () => {
    const of = request(service({ type: "LoadBalancer", ports: [] }));
    const patch = patchFor(of, of.object, { ...given, healthCheckNodePort: 32000 });
    expect(patch).toContainEqual({ op: "add", path: "/spec/healthCheckNodePort", value: 32000 });
  });

  it("says nothing when everything is already as it is on the host", () => {
    const spec = { type: "ClusterIP", ...given, nodePorts: undefined, ipFamilyPolicy: "SingleStack", ports: [] };
    expect(patched(request(service(spec)))).toEqual({});
  });

  it("leaves the address alone when an update does not speak of it, and tells the host the old one", () => {
    const old = service({
      type: "ClusterIP",
      clusterIP: "10.96.0.9",
      clusterIPs: ["10.96.0.9"],
      ports: [{ port: 80 }],
    });
    const of = request(service({ type: "NodePort", ports: [{ port: 80 }] }), old);
    expect(serviceForHost(of, () => 0).spec).toMatchObject({ clusterIP: "10.96.0.9", clusterIPs: ["10.96.0.9"] });
    expect(patched(of)).toEqual({ "/spec/ports/0/nodePort": 31000 });
  });

  it("gives an address to an ExternalName that becomes a ClusterIP", () => {
    const old = service({ type: "ExternalName", externalName: "example.com" });
    expect(patched(request(service({ type: "ClusterIP", ports: [{ port: 80 }] }), old))["/spec/clusterIP"]).toBe(
      "10.96.0.7",
    );
  });

  it("names one with generateName by the API server's own rule", () => {
    void fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,80}$/), fc.double({ min: 0, max: 0.999 }), (base, random) => {
        const of = request(service({ type: "ClusterIP" }, "", base));
        const { name } = serviceForHost(of, () => random).metadata;
        expect(name.length).toBeLessThanOrEqual(63);
        expect(name.startsWith(base.slice(0, 58))).toBe(true);
        expect(name.slice(Math.min(base.length, 58))).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      }),
    );
  });
});
