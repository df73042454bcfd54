import { describe, expect, it } from "vitest";
import { aContext, aHostCopy, aNested } from "./kind-fixtures.ts";
import { services } from "./services.ts";

const toHost = (spec: object, metadata = {}) => services.toHost(aNested("web", { spec }, metadata), aContext());
const own = { "inkube.dev/namespace": "default", "inkube.dev/managed-by": "syncer" };

describe("a Service on the host", () => {
  it("selects pods of its own namespace inside, made by the syncer, whatever else the selector says", () => {
    const selector = { app: "w", "inkube.dev/namespace": "kube-system", "inkube.dev/managed-by": "agent" };
    expect(toHost({ selector }).spec).toEqual({ selector: { app: "w", ...own } });
  });

  it("keeps addresses, ports and policies as they are inside", () => {
    const spec = {
      type: "LoadBalancer",
      clusterIP: "10.0.0.7",
      clusterIPs: ["10.0.0.7", "fd00::7"],
      ipFamilies: ["IPv4", "IPv6"],
      ipFamilyPolicy: "PreferDualStack",
      ports: [{ name: "http", port: 80, targetPort: "web", nodePort: 30080, protocol: "TCP", appProtocol: "h2c" }],
      sessionAffinity: "ClientIP",
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } },
      externalTrafficPolicy: "Local",
      internalTrafficPolicy: "Cluster",
      healthCheckNodePort: 30081,
      loadBalancerSourceRanges: ["10.0.0.0/8"],
      loadBalancerClass: "example.org/lb",
      allocateLoadBalancerNodePorts: true,
      publishNotReadyAddresses: true,
      trafficDistribution: "PreferClose",
    };
    expect(toHost({ ...spec, selector: { app: "w" } }).spec).toEqual({ ...spec, selector: { app: "w", ...own } });
  });

  it("asks the host for an address when it has none yet", () => {
    const spec = toHost({ type: "ClusterIP", clusterIP: "", loadBalancerIP: "", healthCheckNodePort: 0 }).spec;
    expect(spec).toEqual({ type: "ClusterIP" });
  });

  it("stays headless, and without selector where it has none", () => {
    expect(toHost({ clusterIP: "None", ports: [] }).spec).toEqual({ clusterIP: "None", ports: [] });
    expect(toHost({ selector: {} }).spec).toEqual({});
  });

  it("draws no traffic of others by external addresses", () => {
    expect(toHost({ externalIPs: ["1.2.3.4"] }).spec).toEqual({});
  });

  it("is not made for the API server's own or for a name", () => {
    const kubernetes = aNested("kubernetes", { spec: {} });
    const decide = (nested = kubernetes) => services.decide(nested, aContext());
    expect(decide()).toMatchObject({ sync: false });
    expect(decide(aNested("kubernetes", { spec: {} }, { namespace: "a" }))).toEqual({ sync: true });
    expect(decide(aNested("x", { spec: { type: "ExternalName", externalName: "a.b" } }))).toMatchObject({
      sync: false,
    });
  });
});

describe("what a nested Service takes over", () => {
  const fromHost = (nestedFields: Record<string, unknown>, hostFields: Record<string, unknown>) => {
    const nested = aNested("web", nestedFields);
    return services.fromHost(aHostCopy(nested, hostFields), nested, aContext());
  };
  const balanced = { type: "LoadBalancer", ports: [{ port: 80, nodePort: 30080 }] };
  const ingress = [{ ip: "192.0.2.1", ipMode: "VIP" }];

  it("is the load balancer's address, and its loss", () => {
    const gained = fromHost({ spec: balanced }, { spec: balanced, status: { loadBalancer: { ingress } } });
    expect(gained).toEqual([{ verb: "patch", subresource: "status", body: { status: { loadBalancer: { ingress } } } }]);
    const lost = fromHost({ spec: balanced, status: { loadBalancer: { ingress } } }, { spec: balanced, status: {} });
    expect(lost).toEqual([
      { verb: "patch", subresource: "status", body: { status: { loadBalancer: { ingress: null } } } },
    ]);
  });

  it("is no loss where a controller inside may serve the class", () => {
    const spec = { ...balanced, loadBalancerClass: "inner/lb" };
    expect(fromHost({ spec, status: { loadBalancer: { ingress } } }, { spec, status: {} })).toEqual([]);
  });

  it("is nothing when both agree or the Service has no load balancer", () => {
    const same = { spec: balanced, status: { loadBalancer: { ingress }, conditions: [{ type: "Inner" }] } };
    expect(fromHost(same, { spec: balanced, status: { loadBalancer: { ingress } } })).toEqual([]);
    expect(fromHost({ spec: { type: "ClusterIP", ports: [{ port: 1 }] } }, { spec: {}, status: {} })).toEqual([]);
  });

  it("is the node ports that the host gave where it has none", () => {
    const ports = [
      { name: "a", port: 80, targetPort: 8080 },
      { name: "b", port: 53, protocol: "UDP", nodePort: 30053 },
    ];
    const given = [
      { name: "b", port: 53, protocol: "UDP", nodePort: 31000 },
      { name: "a", port: 80, protocol: "TCP", nodePort: 30080 },
    ];
    expect(fromHost({ spec: { type: "NodePort", ports } }, { spec: { type: "NodePort", ports: given } })).toEqual([
      { verb: "patch", body: { spec: { ports: [{ ...ports[0], nodePort: 30080 }, ports[1]] } } },
    ]);
  });
});
