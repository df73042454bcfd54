import { gateways, tlsRoutes } from "@inkube/controlplane";
import type { ResourceType } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { statusOf } from "../../../testing/demo-cluster.ts";
import {
  becomeReady,
  changeType,
  domain,
  exposedHost,
  finding,
  fqdn,
  live,
  ref,
  writeStatus,
} from "../../../testing/endpoint-scene.ts";
import { startTestHost, type TestHost, unreachable } from "../../../testing/test-host.ts";

const gateway = { name: "public", namespace: "gateways" };
const policy = { type: "Gateway", domain, gateway } as const;
const routes = (version: string): ResourceType => ({ ...tlsRoutes, version, namespaced: true });
const gatewayType: ResourceType = { ...gateways, version: "v1", namespaced: true };

/** A host that serves TLSRoute in these versions and has a Gateway. */
async function gatewayHost(...versions: string[]): Promise<TestHost> {
  const host = await startTestHost();
  for (const version of versions) host.server.register(routes(version));
  host.server.register(gatewayType);
  const metadata = { ...gateway };
  await host.client.create(gatewayType, { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", metadata });
  const status = { addresses: [{ type: "IPAddress", value: "203.0.113.9" }] };
  await host.client.patch(gatewayType, gateway, { status }, { type: "merge", subresource: "status" });
  host.view.endpoint = { ...host.view.endpoint, ...policy };
  host.answer = { ready: true };
  await host.createCluster("demo");
  await becomeReady(host);
  return host;
}

/** What a Gateway's controller says of the route. */
const verdict = (type: string, status: string, message = "", parentRef: object = gateway): object => ({
  parents: [
    { parentRef, controllerName: "example.com/gateway", conditions: [{ type, status, reason: "Some", message }] },
  ],
});

describe("an endpoint by gateway", () => {
  it.each([
    [["v1alpha2", "v1alpha3", "v1"], "v1"],
    [["v1alpha2", "v1alpha3"], "v1alpha3"],
    [["v1alpha2"], "v1alpha2"],
  ])("NET-05 is a TLSRoute; of %j it is made as %s", async (versions, used) => {
    await using host = await gatewayHost(...versions);
    expect(live(host, routes(used))).toMatchObject({
      apiVersion: `gateway.networking.k8s.io/${used}`,
      spec: { hostnames: [fqdn], parentRefs: [gateway] },
    });
    const writes = host.server.requests.filter(({ method, path }) => method === "PATCH" && path.includes("tlsroutes"));
    expect(writes, "an unchanged route is not written again").toHaveLength(1);
  });

  it("NET-05 answers at its name, which should lead to the Gateway", async () => {
    await using host = await gatewayHost("v1");
    await writeStatus(host, routes("v1"), verdict("Accepted", "True"));
    expect(await finding(host)).toMatchObject({ status: "True", reason: "EndpointAnswers" });
    expect(statusOf(host).endpoint).toEqual({ url: `https://${fqdn}:443`, type: "Gateway" });
    expect(host.probed.at(-1)?.expectedAddresses).toEqual(["203.0.113.9"]);
  });

  it("NET-07 needs a record that leads to the Gateway's address", async () => {
    await using host = await gatewayHost("v1");
    await writeStatus(host, routes("v1"), verdict("Accepted", "True"));
    host.endpointAnswer = { ready: false, failure: "notResolved", why: "no", addresses: [] };
    const { reason, message } = await finding(host);
    expect(reason).toBe("DNSRecordMissing");
    expect(message).toContain("*.clusters.example.com A 203.0.113.9");
  });

  it("takes the route away when the type changes, but not one that is somebody else's", async () => {
    await using host = await gatewayHost("v1");
    await changeType(host, "ClusterIP");
    expect(live(host, routes("v1"))).toBeUndefined();
    const object = { apiVersion: "gateway.networking.k8s.io/v1", kind: "TLSRoute", metadata: ref };
    await host.client.create(routes("v1"), object);
    await changeType(host, "NodePort");
    await changeType(host, "Ingress");
    expect(live(host, routes("v1"))).toBeDefined();
  });
});

describe("what keeps people from an endpoint by gateway", () => {
  it("is a host without the Gateway API, until that is installed", async () => {
    await using host = await exposedHost(policy);
    expect(await finding(host)).toMatchObject({ reason: "GatewayAPIMissing" });
    host.server.register(routes("v1"));
    host.server.register(gatewayType);
    host.clock.jump(31_000);
    expect(await finding(host)).toMatchObject({ reason: "GatewayMissing" });
  });

  it("is a Gateway that is not there", async () => {
    await using host = await gatewayHost("v1");
    await host.client.delete(gatewayType, gateway);
    const { reason, message } = await finding(host);
    expect(reason).toBe("GatewayMissing");
    expect(message).toContain("public in namespace gateways");
  });

  it.each(["Accepted", "ResolvedRefs"])(
    "is a route whose condition %s is False, with what the controller says",
    async (type) => {
      await using host = await gatewayHost("v1");
      await writeStatus(host, routes("v1"), verdict(type, "False", "No listener allows this"));
      const { reason, message } = await finding(host);
      expect(reason).toBe("GatewayRefused");
      expect(message).toContain("No listener allows this");
    },
  );

  it("is a controller that has not looked, which is no trouble when the endpoint answers", async () => {
    await using host = await gatewayHost("v1");
    await writeStatus(host, routes("v1"), verdict("Accepted", "False", "Not mine", { name: "another" }));
    host.endpointAnswer = unreachable;
    expect(await finding(host)).toMatchObject({ status: "False", reason: "GatewayPending" });
    host.endpointAnswer = { ready: true };
    expect(await finding(host)).toMatchObject({ status: "True" });
  });

  it("is a host that names no Gateway", async () => {
    await using host = await exposedHost({ type: "Gateway", domain });
    expect(await finding(host)).toMatchObject({ reason: "EndpointNotOffered" });
  });
});
