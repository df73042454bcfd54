import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import type { KubeObject } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstAddresses } from "../harness/endpoints/address-range.ts";
import { delegateZone } from "../harness/endpoints/delegate-zone.ts";
import { type EndpointCluster, endpointCluster } from "../harness/endpoints/endpoint-cluster.ts";
import { type EndpointHost, endpointHost } from "../harness/endpoints/endpoint-host.ts";
import { installMetalLB } from "../harness/endpoints/metallb.ts";
import { ownResolver } from "../harness/endpoints/own-resolver.ts";
import { installTraefik, type Traefik } from "../harness/endpoints/traefik.ts";
import { verifiedCertificate } from "../harness/endpoints/verified-certificate.ts";
import { startWildcardDns, type WildcardDns } from "../harness/endpoints/wildcard-dns.ts";
import { eventually } from "../harness/eventually.ts";
import { pod, service, webContainer } from "../harness/objects.ts";
import { servingCertificate } from "../harness/serving-certificate.ts";

const zone = "clusters.test";
const stack = new AsyncDisposableStack();
let host: EndpointHost;
let dns: WildcardDns;
let traefik: Traefik;
let one: EndpointCluster;
let two: EndpointCluster;

/** What the host offers, on top of what it has; null takes a member away. */
async function offer(endpoint: object): Promise<void> {
  const patch = JSON.stringify({ spec: { endpoint } });
  await host.kubectl.run(["patch", "hostcluster", "local", "--type=merge", "-p", patch]);
}

beforeAll(async () => {
  host = await endpointHost();
  // One address for the ingress controller, two for nested clusters.
  stack.use(await installMetalLB(host, { addresses: firstAddresses(host.loadBalancerCIDR, 3) }));
  traefik = stack.use(await installTraefik(host, { gateway: true }));
  dns = stack.use(await startWildcardDns({ zone, host, port: 53 }));
  stack.use(await delegateZone(host, dns));
  const { before } = stack.use(await ownResolver(dns));
  stack.defer(() => offer({ domain: null, ingress: null, gateway: null }));
  const gateway = { name: "traefik", namespace: "traefik", sectionName: "tls" };
  await offer({ domain: `*.${zone}`, ingress: { className: "not-there" }, gateway });
  one = stack.use(await endpointCluster(host, "one", { type: "Ingress", before }));
  two = stack.use(await endpointCluster(host, "two", { type: "Ingress", before }));
});
afterAll(() => stack.disposeAsync());

/** Plain kubectl where the test's DNS answers, with nothing but the kubeconfig that the CLI gives. */
async function expectKubectl(cluster: EndpointCluster, server: string | RegExp): Promise<{ ca: string }> {
  const { kubectl, server: url, ca, text } = await cluster.access();
  expect(url).toMatch(server);
  expect(text).not.toContain("insecure");
  expect(await kubectl.run(["get", "namespaces", "-o", "name"])).toContain("namespace/kube-system");
  return { ca };
}

/** What an app behind the ingress controller answers, which shows the certificate of its Ingress. */
async function askApp({ name, ca }: { name: string; ca: string }): Promise<string> {
  const options = { host: traefik.address, servername: name, headers: { host: name }, ca, path: "/hostname" };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(options, resolve).on("error", reject);
  return text(await promise);
}

describe("two nested clusters behind one ingress address", () => {
  it("name the ingress class that is not there", async () => {
    const said = await one.endpointIs("IngressClassMissing");
    expect(said).toContain("not-there is named, and this host has nginx");
    await offer({ ingress: { className: "nginx" } });
  });

  it("NET-07 name the wildcard record to create, and the one to correct", async () => {
    const record = `*.${zone} A ${traefik.address}`;
    const missing = await one.endpointIs("DNSRecordMissing");
    expect(missing).toContain(`one.default.${zone}`);
    expect(missing).toContain(record);
    await dns.answer("192.0.2.9");
    const wrong = await one.endpointIs("DNSRecordWrong");
    expect(wrong).toContain("leads to 192.0.2.9");
    expect(wrong).toContain(record);
    await dns.answer(traefik.address);
    await Promise.all([one, two].map((cluster) => cluster.endpointIs("EndpointAnswers")));
  });

  it("NET-05 NET-06 NET-08 answer with their own certificates by SNI, on 443 and 6443", async () => {
    const [first, second] = await Promise.all([one.access(), two.access()]);
    expect(first.ca).not.toBe(second.ca);
    for (const port of [443, 6443]) {
      for (const [cluster, { ca }] of [
        [one, first],
        [two, second],
      ] as const) {
        const name = `${cluster.name}.default.${zone}`;
        const shown = await verifiedCertificate({ address: traefik.address, port, name, ca });
        expect(shown.subjectAltName).toContain(`DNS:${name}`);
      }
      const foreign = { address: traefik.address, port, name: `two.default.${zone}`, ca: first.ca };
      await expect(verifiedCertificate(foreign)).rejects.toThrow();
    }
  });

  it("NET-06 leave an ordinary app on 443 of the same address as it is", async () => {
    const name = `app.${zone}`;
    const { certificate, key } = await servingCertificate(name);
    const metadata = { name: "app" };
    const backend = { service: { name: "app", port: { number: 8080 } } };
    const objects = [
      pod("app", { containers: [webContainer()] }),
      service("app", 8080),
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata,
        type: "kubernetes.io/tls",
        stringData: { "tls.crt": certificate, "tls.key": key },
      },
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata,
        spec: {
          ingressClassName: "nginx",
          tls: [{ hosts: [name], secretName: "app" }],
          rules: [{ host: name, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
        },
      },
    ];
    stack.defer(
      async () => void (await host.kubectl.run(["delete", "ingress/app", "secret/app", "service/app", "pod/app"])),
    );
    await host.kubectl.apply(...objects);
    const answer = () => askApp({ name, ca: certificate });
    await eventually(async () => expect(await answer()).toBe("app"));
    await expectKubectl(one, `https://one.default.${zone}`);
    expect(await answer()).toBe("app");
  });

  it("let plain kubectl in from outside by name, with no insecure flag", async () => {
    for (const cluster of [one, two]) await expectKubectl(cluster, `https://${cluster.name}.default.${zone}`);
  });
});

describe("a Gateway", () => {
  it("NET-05 passes TLS through to a nested cluster by a TLSRoute, in place of its Ingress", async () => {
    await two.change({ type: "Gateway" });
    const { status } = await two.object();
    await eventually(async () => {
      const left = await host.kubectl.list("ingresses.networking.k8s.io", status?.namespace);
      const routes = await host.kubectl.list("tlsroutes.gateway.networking.k8s.io", status?.namespace);
      expect([left.length, routes.length]).toEqual([0, 1]);
    });
    await two.endpointIs("EndpointAnswers");
    // Traefik may have dropped the Ingress a moment before it serves the TLSRoute.
    await eventually(() => expectKubectl(two, `https://two.default.${zone}`));
  });

  it("that is not there is named", async () => {
    await offer({ gateway: { name: "elsewhere", namespace: "traefik", sectionName: null } });
    expect(await two.endpointIs("GatewayMissing")).toContain("elsewhere in namespace traefik");
    await offer({ gateway: { name: "traefik" } });
    await two.endpointIs("EndpointAnswers");
  });
});

describe("load balancers", () => {
  it("NET-01 give each nested cluster an address of its own", async () => {
    const options = { externalTrafficPolicy: "Local", sourceRanges: ["0.0.0.0/0"] };
    await one.change({ type: "LoadBalancer", loadBalancer: options });
    await two.change({ type: "LoadBalancer" });
    const urls = new Set<string>();
    for (const cluster of [one, two]) {
      await eventually(async () => {
        const { url, type } = (await cluster.object()).status?.endpoint ?? {};
        expect(type).toBe("LoadBalancer");
        expect(url).toMatch(/^https:\/\/[0-9.]+(:443)?$/);
      });
      await cluster.endpointIs("EndpointAnswers");
      await expectKubectl(cluster, /^https:\/\/[0-9.]+(:443)?$/);
      urls.add((await cluster.object()).status?.endpoint?.url ?? "");
    }
    expect(urls.size).toBe(2);
  });

  it("NET-02 NET-03 carry the traffic policy and the source ranges", async () => {
    const { status } = await one.object();
    const service = await host.kubectl.get<KubeObject>("service", "control-plane", status?.namespace);
    expect(service.spec).toMatchObject({
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      loadBalancerSourceRanges: ["0.0.0.0/0"],
    });
  });

  it("NET-01 tell that the pool has no more addresses, and give one once there is one", async () => {
    const three = await endpointCluster(host, "three", { type: "LoadBalancer" });
    try {
      const said = await three.endpointIs("AddressPoolExhausted");
      expect(said).toContain("IPAddressPool");
      await two.change({ type: "NodePort", loadBalancer: null });
      await three.endpointIs("EndpointAnswers");
      await expectKubectl(three, /^https:\/\/[0-9.]+(:443)?$/);
    } finally {
      await three[Symbol.asyncDispose]();
    }
  });
});
