import { names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { RenderInput } from "../render/input.ts";
import { renderControlPlane } from "../render/render.ts";
import { sampleInput, samplePolicy, sampleSpec } from "../testing/sample-input.ts";
import type { EndpointPolicy } from "./endpoint.ts";
import { endpointServerNames, endpointUrl, renderEndpoint } from "./endpoints.ts";
import { endpointHostName } from "./host-name.ts";

const domain = "*.clusters.example.com";
const fqdn = "demo.team.clusters.example.com";

type Type = RenderInput["endpointType"];
type LoadBalancer = RenderInput["spec"]["endpoint"]["loadBalancer"];

/** Input for one type of endpoint on a host with that policy. */
function input(endpointType: Type, policy: Partial<EndpointPolicy> = {}, balancer: Partial<LoadBalancer> = {}) {
  const loadBalancer = { ...sampleSpec.endpoint.loadBalancer, ...balancer };
  const spec = { ...sampleSpec, endpoint: { ...sampleSpec.endpoint, loadBalancer } };
  return sampleInput({ endpointType, spec, endpointPolicy: { ...samplePolicy, ...policy } });
}

const byIngress = (controller: EndpointPolicy["ingress"]["controller"], className?: string) =>
  input("Ingress", { domain, ingress: { controller, ...(className && { className }) } });

interface ServiceSpec {
  type: string;
  ports: { name: string; port: number; targetPort: number }[];
  [field: string]: unknown;
}

function service(from: RenderInput): KubeObject & { spec: ServiceSpec } {
  const found = renderControlPlane(from).find(
    ({ kind, metadata }) => kind === "Service" && metadata.name === names.controlPlane,
  );
  if (!found) throw new Error("no Service");
  return found as KubeObject & { spec: ServiceSpec };
}

/** The Service as it is on a host that gave it these. */
const live = (ingress: object[], more: object = {}): KubeObject => ({
  metadata: { name: names.controlPlane },
  spec: { clusterIP: "10.96.3.4", ports: [{ port: 443, nodePort: 31234 }], ...more },
  status: { loadBalancer: { ingress } },
});

const yaml = (objects: KubeObject[]): string =>
  objects.map((object) => stringify(object, { version: "1.1", lineWidth: 0 })).join("---\n");

describe("a load balancer", () => {
  it("NET-01 is one Service with the ClusterIP and the port that it has inside", () => {
    const { spec } = service(input("LoadBalancer"));
    expect(spec.type).toBe("LoadBalancer");
    expect(spec.ports).toEqual([{ name: "https", port: 443, targetPort: 6443, protocol: "TCP" }]);
    expect(renderEndpoint(input("LoadBalancer"))).toEqual([]);
  });

  it.each([
    ["the host name", [{ ip: "203.0.113.7" }, { hostname: "lb.example.net" }], "https://lb.example.net:443"],
    ["the address when there is no name", [{ ip: "203.0.113.7" }], "https://203.0.113.7:443"],
    ["an IPv6 address in brackets", [{ ip: "2001:db8::7" }], "https://[2001:db8::7]:443"],
    ["nothing before there is an address", [], undefined],
  ])("NET-01 is reached by %s", (_title, ingress, url) => {
    expect(endpointUrl(input("LoadBalancer"), live(ingress))).toBe(url);
  });

  it("NET-02 renders Local, and Cluster by default", () => {
    expect(service(input("LoadBalancer")).spec.externalTrafficPolicy).toBe("Cluster");
    const local = input("LoadBalancer", {}, { externalTrafficPolicy: "Local" });
    expect(service(local).spec.externalTrafficPolicy).toBe("Local");
  });

  it.each(["ClusterIP", "NodePort", "Ingress", "Gateway", "Hub"] as const)(
    "NET-02 leaves no trace of its fields on a Service for %s",
    (type) => {
      const policy = { domain, loadBalancer: { className: "metal", annotations: { pool: "a" } } };
      const sourceRanges = ["10.0.0.0/8"];
      const filled = input(type, policy, { externalTrafficPolicy: "Local", sourceRanges, externalIPs: ["1.2.3.4"] });
      expect(service(filled)).toEqual(service(input(type, { domain })));
    },
  );

  it("NET-03 has the source ranges", () => {
    const sourceRanges = ["10.0.0.0/8", "1.2.3.4/32"];
    const { spec } = service(input("LoadBalancer", {}, { sourceRanges }));
    expect(spec.loadBalancerSourceRanges).toEqual(sourceRanges);
    expect(service(input("LoadBalancer", {}, { sourceRanges: [] })).spec).not.toHaveProperty(
      "loadBalancerSourceRanges",
    );
  });

  it("NET-04 has the external IPs, which are in the certificate too", () => {
    const withIPs = input("LoadBalancer", {}, { externalIPs: ["198.51.100.4"] });
    expect(service(withIPs).spec.externalIPs).toEqual(["198.51.100.4"]);
    expect(endpointServerNames(withIPs, live([]))).toEqual(["198.51.100.4"]);
  });

  it("has class and annotations of the host", () => {
    const loadBalancer = { className: "example.com/metal", annotations: { "example.com/pool": "tenants" } };
    const { spec, metadata } = service(input("LoadBalancer", { loadBalancer }));
    expect(spec.loadBalancerClass).toBe("example.com/metal");
    expect(metadata.annotations).toEqual({ "example.com/pool": "tenants" });
  });

  it("NET-06 answers at 6443 as well where people use that port", () => {
    const at6443 = input("LoadBalancer", { port: 6443 });
    expect(service(at6443).spec.ports.map(({ port, targetPort }) => [port, targetPort])).toEqual([
      [443, 6443],
      [6443, 6443],
    ]);
    expect(new Set(service(at6443).spec.ports.map(({ name }) => name)).size).toBe(2);
    expect(endpointUrl(at6443, live([{ ip: "203.0.113.7" }]))).toBe("https://203.0.113.7:6443");
  });

  it("NET-08 has every address in the certificate, whatever the order in which the host says them", () => {
    const [one, two] = [{ ip: "203.0.113.7" }, { ip: "203.0.113.8", hostname: "lb.example.net" }];
    const expected = ["lb.example.net", "203.0.113.7", "203.0.113.8"];
    expect(endpointServerNames(input("LoadBalancer"), live([one, two]))).toEqual(expected);
    expect(endpointServerNames(input("LoadBalancer"), live([two, one]))).toEqual(expected);
  });
});

describe("an ingress", () => {
  it.each(["nginx", "traefik", "haproxy", "f5"] as const)(
    "NET-05 passes TLS through by %s as in the golden file",
    async (controller) => {
      await expect(yaml(renderEndpoint(byIngress(controller, "public")))).toMatchFileSnapshot(
        `../testing/golden/endpoint-${controller}.yaml`,
      );
    },
  );

  it("NET-05 needs no certificate of the controller and leads to the Service's port", () => {
    const [object] = renderEndpoint(byIngress("nginx"));
    expect(object?.spec).toMatchObject({
      tls: [{ hosts: [fqdn] }],
      rules: [
        { host: fqdn, http: { paths: [{ backend: { service: { name: "control-plane", port: { number: 443 } } } }] } },
      ],
    });
    expect(JSON.stringify(object)).not.toContain("secretName");
    expect(object?.spec).not.toHaveProperty("ingressClassName");
  });

  it("NET-06 is reached at the port that the host says", () => {
    expect(endpointUrl(byIngress("nginx"), live([]))).toBe(`https://${fqdn}:443`);
    const at6443 = input("Ingress", { domain, port: 6443 });
    expect(endpointUrl(at6443, live([]))).toBe(`https://${fqdn}:6443`);
    expect(service(at6443).spec.ports).toHaveLength(1);
  });

  it("NET-08 has its name in the certificate before anything is made", () => {
    expect(endpointServerNames(byIngress("f5"), live([]))).toEqual([fqdn]);
  });

  it("is not made without a domain, nor under a name too long for DNS", () => {
    const long = `*.${"a.".repeat(119)}example.com`;
    for (const policy of [{}, { domain: long }]) {
      expect(renderEndpoint(input("Ingress", policy))).toEqual([]);
      expect(endpointUrl(input("Ingress", policy), live([]))).toBeUndefined();
      expect(endpointHostName(input("Ingress", policy))).toBeUndefined();
    }
  });

  it("gives clusters of the same name in two projects names of their own", () => {
    const of = (project: string) =>
      endpointHostName({ ...byIngress("nginx"), cluster: { ...byIngress("nginx").cluster, project } });
    expect(of("red")).not.toBe(of("blue"));
  });
});

describe("a gateway", () => {
  const gateway = { name: "public", namespace: "gateways", sectionName: "passthrough" };

  it("NET-05 passes TLS through by a route as in the golden file", async () => {
    await expect(yaml(renderEndpoint(input("Gateway", { domain, gateway })))).toMatchFileSnapshot(
      "../testing/golden/endpoint-gateway.yaml",
    );
  });

  it("NET-05 takes any listener when the host names none", () => {
    const { sectionName: _, ...any } = gateway;
    const [route] = renderEndpoint(input("Gateway", { domain, gateway: any }));
    expect(route?.spec).toMatchObject({ parentRefs: [{ name: "public", namespace: "gateways" }] });
    expect(JSON.stringify(route)).not.toContain("sectionName");
  });

  it("NET-08 has its name in URL and certificate", () => {
    expect(endpointUrl(input("Gateway", { domain, gateway }), live([]))).toBe(`https://${fqdn}:443`);
    expect(endpointServerNames(input("Gateway", { domain, gateway }), live([]))).toEqual([fqdn]);
  });
});

describe("what needs nothing beside the Service", () => {
  it.each([
    ["ClusterIP", "https://10.96.3.4:443"],
    ["NodePort", "https://172.31.0.2:31234"],
    ["Hub", undefined],
  ] as const)("%s is reached at %s", (type, url) => {
    expect(endpointUrl(input(type), live([]))).toBe(url);
    expect(renderEndpoint(input(type, { domain }))).toEqual([]);
    expect(endpointServerNames(input(type, { domain }), live([]))).toEqual([]);
  });
});

describe("the control plane's network policy", () => {
  interface Rule {
    from: { ipBlock?: { cidr: string; except?: string[] }; namespaceSelector?: object }[];
    ports: object[];
  }

  it.each(["LoadBalancer", "Ingress", "Gateway"] as const)(
    "NET-02 lets callers' own addresses in for %s, and ingress controllers, and no other nested cluster's pods",
    (type) => {
      const policy = renderControlPlane(input(type, { domain })).find(
        ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === names.controlPlanePolicy,
      );
      const [rule] = (policy?.spec as { ingress: Rule[] } | undefined)?.ingress ?? [];
      expect(rule?.ports).toEqual([{ protocol: "TCP", port: 6443 }]);
      expect(rule?.from).toContainEqual({ ipBlock: { cidr: "0.0.0.0/0", except: ["10.244.0.0/24"] } });
      expect(rule?.from).toContainEqual({ ipBlock: { cidr: "::/0" } });
      expect(rule?.from).toContainEqual({
        namespaceSelector: { matchExpressions: [{ key: "inkube.dev/cluster-uid", operator: "DoesNotExist" }] },
      });
    },
  );
});
