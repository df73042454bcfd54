import { X509Certificate } from "node:crypto";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstAddresses } from "../harness/endpoints/address-range.ts";
import { delegateZone } from "../harness/endpoints/delegate-zone.ts";
import { type EndpointHost, endpointHost } from "../harness/endpoints/endpoint-host.ts";
import { helm } from "../harness/endpoints/helm.ts";
import { loadBalancerAddress } from "../harness/endpoints/load-balancer.ts";
import { installMetalLB } from "../harness/endpoints/metallb.ts";
import { installTraefik, type Traefik } from "../harness/endpoints/traefik.ts";
import { startWildcardDns } from "../harness/endpoints/wildcard-dns.ts";
import { eventually } from "../harness/eventually.ts";
import { images, pod, service, webContainer } from "../harness/objects.ts";
import { servingCertificate } from "../harness/serving-certificate.ts";

const zone = "endpoints.test";
let host: EndpointHost;
let traefik: Traefik;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  host = await endpointHost();
  stack.use(await installMetalLB(host, { addresses: firstAddresses(host.loadBalancerCIDR, 2) }));
  traefik = stack.use(await installTraefik(host, { gateway: true }));
});
afterAll(() => stack.disposeAsync());

/** A server with a certificate of its own for one name, as a nested API server has, and a Service in front of it. */
async function serveTls(name: string): Promise<AsyncDisposable> {
  const { certificate, key } = await servingCertificate(`${name}.${zone}`);
  const files = { "tls.crt": certificate, "tls.key": key };
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: files };
  const args = ["netexec", "--http-port=8443", "--tls-cert-file=/tls/tls.crt", "--tls-private-key-file=/tls/tls.key"];
  const server = webContainer({ image: images.agnhost, args, volumeMounts: [{ name: "tls", mountPath: "/tls" }] });
  const volumes = [{ name: "tls", secret: { secretName: name } }];
  await host.kubectl.apply(secret, pod(name, { containers: [server], volumes }), service(name, 8443));
  await host.kubectl.await("Ready", `pod/${name}`);
  return {
    async [Symbol.asyncDispose]() {
      await host.kubectl.run(["delete", `secret/${name}`, `pod/${name}`, `service/${name}`]);
    },
  };
}

/** The common name of the certificate that is offered for a server name. */
async function offered(name: string, port: number): Promise<string> {
  const socket = connect({ host: traefik.address, port, servername: `${name}.${zone}`, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect");
    return new X509Certificate(socket.getPeerCertificate().raw).subject;
  } finally {
    socket.destroy();
  }
}

async function expectOwnCertificate(name: string): Promise<void> {
  for (const port of [443, 6443]) {
    await eventually(async () => expect(await offered(name, port)).toBe(`CN=${name}.${zone}`));
  }
}

describe("a load balancer on the embedded host", () => {
  it("gives services addresses that answer from the machine, until it has no more", async () => {
    const { kubectl } = host;
    await kubectl.apply(pod("lb-web", { containers: [webContainer()] }));
    for (const name of ["lb-one", "lb-two"]) {
      await kubectl.apply(service(name, 8080, { type: "LoadBalancer", selector: { app: "lb-web" } }));
    }
    await kubectl.await("Ready", "pod/lb-web");
    const address = await loadBalancerAddress(kubectl, "lb-one");
    await eventually(async () => {
      const response = await fetch(`http://${address}:8080/hostname`, { signal: AbortSignal.timeout(5000) });
      expect(await response.text()).toBe("lb-web");
    });
    await eventually(async () => {
      const events = await kubectl.run(["get", "events", "--field-selector", "reason=AllocationFailed"]);
      expect(events).toContain("lb-two");
    });
    await kubectl.run(["delete", "service/lb-one"]);
    expect(await loadBalancerAddress(kubectl, "lb-two")).toBe(address);
    await kubectl.run(["delete", "service/lb-two", "pod/lb-web"]);
  });
});

describe("TLS that is passed through by server name", () => {
  it("reaches the server behind an Ingress", async () => {
    await using _ = await serveTls("ingress");
    const backend = { service: { name: "ingress", port: { number: 8443 } } };
    const paths = [{ path: "/", pathType: "Prefix", backend }];
    const annotations = { "nginx.ingress.kubernetes.io/ssl-passthrough": "true" };
    await host.kubectl.apply({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "passthrough", annotations },
      spec: { ingressClassName: "nginx", rules: [{ host: `ingress.${zone}`, http: { paths } }] },
    });
    await expectOwnCertificate("ingress");
    await host.kubectl.run(["delete", "ingress/passthrough"]);
  });

  it("reaches the server behind a TLSRoute", async () => {
    await using _ = await serveTls("route");
    await host.kubectl.apply({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "TLSRoute",
      metadata: { name: "passthrough" },
      spec: {
        parentRefs: [{ name: "traefik", namespace: "traefik", sectionName: "tls" }],
        hostnames: [`route.${zone}`],
        rules: [{ backendRefs: [{ name: "route", port: 8443 }] }],
      },
    });
    await expectOwnCertificate("route");
    await host.kubectl.run(["delete", "tlsroute/passthrough"]);
  });
});

describe("a wildcard record", () => {
  it("is seen from the machine and from pods, and follows what it is told to answer", async () => {
    await using dns = await startWildcardDns({ zone, address: traefik.address, host });
    await using _ = await delegateZone(host, dns);
    const resolver = new Resolver();
    resolver.setServers([`${dns.ip}:${dns.port}`]);
    expect(await resolver.resolve4(`one.${zone}`)).toEqual([traefik.address]);
    await host.kubectl.apply(pod("dns-client"));
    await host.kubectl.await("Ready", "pod/dns-client");
    const look = () => host.kubectl.try(["exec", "dns-client", "--", "getent", "ahostsv4", `two.${zone}`]);
    await eventually(async () => expect((await look()).stdout).toContain(traefik.address));
    await dns.answer("192.0.2.9");
    await eventually(async () => expect((await look()).stdout).toContain("192.0.2.9"));
    await dns.answer();
    // Until the server with the old answers has stopped, both answer.
    await eventually(() => expect(resolver.resolve4(`one.${zone}`)).rejects.toMatchObject({ code: "ENOTFOUND" }));
    await eventually(async () => expect((await look()).code).not.toBe(0));
    await host.kubectl.run(["delete", "pod/dns-client", "--grace-period=0", "--force"]);
  });
});

describe("Helm", () => {
  it("talks to the host", async () => {
    expect(JSON.parse(await helm(host.kubectl, ["list", "-A", "-o", "json"]))).toEqual([]);
  });
});
