import { X509Certificate } from "node:crypto";
import { resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { condition, namespace, running, secret, statusOf } from "../../../testing/demo-cluster.ts";
import {
  changeType,
  exposedHost,
  finding,
  giveAddresses,
  live,
  tellOfService,
  writeStatus,
} from "../../../testing/endpoint-scene.ts";
import { putPod, startTestHost, type TestHost, unreachable } from "../../../testing/test-host.ts";

const services = resources.services;
const address = [{ ip: "203.0.113.7" }];
const balanced = { type: "LoadBalancer" } as const;
const text = (host: TestHost, name: string, file: string): string =>
  Buffer.from((secret(host, name)?.data as Record<string, string> | undefined)?.[file] ?? "", "base64").toString();
const template = (host: TestHost): string => JSON.stringify(live(host, resources.statefulsets)?.spec);

describe("a load balancer with an address", () => {
  it("NET-01 is what people's kubeconfig leads to", async () => {
    await using host = await exposedHost(balanced);
    await giveAddresses(host, services, address);
    expect(await finding(host)).toMatchObject({ status: "True", reason: "EndpointAnswers" });
    expect(statusOf(host).endpoint).toEqual({ url: "https://203.0.113.7:443", type: "LoadBalancer" });
    expect(text(host, "kubeconfig", "kubeconfig")).toContain('server: "https://203.0.113.7:443"');
    expect(host.probed.at(-1)?.url).toBe("https://203.0.113.7:443");
  });

  it("NET-01 is one for each nested cluster", async () => {
    await using host = await exposedHost(balanced);
    await host.createCluster("two");
    await host.reconcile("two");
    const types = host.server.objects(services).map(({ spec }) => (spec as { type?: string }).type);
    expect(types.filter((type) => type === "LoadBalancer")).toHaveLength(2);
  });

  it("NET-08 comes into the certificate without another pod", async () => {
    await using host = await exposedHost(balanced, { distro: "k8s" });
    const before = template(host);
    await giveAddresses(host, services, [...address, { hostname: "lb.example.net" }]);
    await host.reconcile("demo");
    const { subjectAltName } = new X509Certificate(text(host, "pki", "apiserver.crt"));
    expect(subjectAltName).toContain("203.0.113.7");
    expect(subjectAltName).toContain("DNS:lb.example.net");
    expect(template(host)).toBe(before);
  });

  it("NET-08 stays in the names of k3s while its controller is replaced, so that the pod stays", async () => {
    await using host = await exposedHost(balanced, { distro: "k3s" });
    await giveAddresses(host, services, address);
    await host.reconcile("demo");
    const before = template(host);
    expect(before).toContain("--tls-san=203.0.113.7");
    await giveAddresses(host, services, []);
    await host.reconcile("demo");
    expect(template(host)).toBe(before);
  });

  it("loses every field of it when the type goes back to ClusterIP, and keeps its ClusterIP", async () => {
    const loadBalancer = { externalTrafficPolicy: "Local", sourceRanges: ["10.0.0.0/8"], externalIPs: ["1.2.3.4"] };
    const policy = { ...balanced, loadBalancer: { className: "example.com/metal", annotations: { pool: "tenants" } } };
    await using host = await exposedHost(policy, { endpoint: { loadBalancer } });
    const before = live(host, services);
    expect(before?.metadata.annotations).toMatchObject({ pool: "tenants" });
    expect(before?.spec).toMatchObject({ loadBalancerClass: "example.com/metal", externalTrafficPolicy: "Local" });
    await changeType(host, "ClusterIP");
    const after = live(host, services);
    const { clusterIP } = (before?.spec ?? {}) as { clusterIP?: string };
    expect(after?.metadata.annotations).not.toHaveProperty("pool");
    expect(after?.spec).toMatchObject({ type: "ClusterIP", clusterIP });
    for (const field of ["loadBalancerClass", "externalTrafficPolicy", "loadBalancerSourceRanges", "externalIPs"]) {
      expect(before?.spec, field).toHaveProperty(field);
      expect(after?.spec, field).not.toHaveProperty(field);
    }
    expect(statusOf(host).endpoint).toEqual({ url: `https://${clusterIP}:443`, type: "ClusterIP" });
  });

  it("keeps its class when the host chooses another: no host lets it change", async () => {
    await using host = await exposedHost({ ...balanced, loadBalancer: { className: "example.com/old" } });
    host.view.endpoint.loadBalancer = { className: "example.com/new" };
    await host.reconcile("demo");
    expect(live(host, services)?.spec).toMatchObject({ loadBalancerClass: "example.com/old" });
  });

  it("NET-03 is taken for reachable when the host keeps the agent out with everybody else", async () => {
    const endpoint = (sourceRanges: string[]) => ({
      endpoint: { loadBalancer: { externalTrafficPolicy: "Cluster", sourceRanges } },
    });
    await using restricted = await exposedHost(balanced, endpoint(["198.51.100.0/24"]));
    await using open = await exposedHost(balanced, endpoint([]));
    for (const host of [restricted, open]) {
      await giveAddresses(host, services, address);
      host.endpointAnswer = unreachable;
    }
    expect(await finding(restricted)).toMatchObject({ status: "True", reason: "EndpointRestricted" });
    expect(await finding(open)).toMatchObject({ status: "False", reason: "EndpointUnreachable" });
    restricted.answer = unreachable;
    expect(await finding(restricted)).toMatchObject({ status: "False", reason: "EndpointUnreachable" });
  });
});

describe("a load balancer without an address", () => {
  it("NET-01 is missing when nobody has said anything about it for half a minute", async () => {
    await using host = await exposedHost(balanced);
    await giveAddresses(host, services, address);
    await host.reconcile("demo");
    await giveAddresses(host, services, []);
    expect(await finding(host)).toMatchObject({ status: "False", reason: "LoadBalancerPending" });
    host.clock.jump(29_000);
    expect(await finding(host)).toMatchObject({ reason: "LoadBalancerPending" });
    host.clock.jump(2000);
    expect(await finding(host)).toMatchObject({ reason: "LoadBalancerMissing" });
    expect(condition(host, "EndpointReachable")?.message).toContain("MetalLB");
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "True" });
  });

  it.each([
    ["an Event, as MetalLB does", "AllocationFailed", 'Failed to allocate IP for "x/y": no available IPs'],
    ["an Event of another controller", "SyncFailed", "pool exhausted"],
  ])("says that the pool is exhausted when it is told so by %s", async (_title, reason, message) => {
    await using host = await exposedHost(balanced);
    await tellOfService(host, reason, message);
    expect(await finding(host)).toMatchObject({ reason: "AddressPoolExhausted" });
    expect(condition(host, "EndpointReachable")?.message).toContain(message);
  });

  it("says that the pool is exhausted when a condition of the Service does, as with Cilium", async () => {
    await using host = await exposedHost(balanced);
    const refused = {
      type: "cilium.io/IPAMRequestSatisfied",
      status: "False",
      reason: "out_of_ips",
      message: "None left",
    };
    await writeStatus(host, services, { conditions: [refused] });
    expect(await finding(host)).toMatchObject({ reason: "AddressPoolExhausted" });
  });

  it("is on its way as long as somebody works on it, and of endpoints' Events nobody learns anything", async () => {
    await using host = await exposedHost(balanced);
    await tellOfService(host, "FailedToUpdateEndpointSlices", "Error updating Endpoint Slices");
    host.clock.jump(60_000);
    expect(await finding(host)).toMatchObject({ reason: "LoadBalancerMissing" });
    await tellOfService(host, "EnsuringLoadBalancer", "Ensuring load balancer");
    const { reason, message } = await finding(host);
    expect(reason).toBe("LoadBalancerPending");
    expect(message).toContain("Ensuring load balancer");
  });

  it("is on its way while the name that it was given does not resolve", async () => {
    await using host = await exposedHost(balanced);
    await giveAddresses(host, services, [{ hostname: "lb.example.net" }]);
    host.endpointAnswer = {
      ready: false,
      failure: "notResolved",
      why: "lb.example.net does not resolve",
      addresses: [],
    };
    expect(await finding(host)).toMatchObject({ reason: "LoadBalancerPending" });
  });

  it("NET-08 is waited for a moment before the first certificate, and no longer", async () => {
    await using host = await startTestHost({ stampedByTest: true });
    host.view.endpoint.type = "LoadBalancer";
    await host.createCluster("demo");
    const { after = 0 } = (await host.reconcile("demo")) ?? {};
    expect(after).toBeGreaterThan(0);
    expect(after).toBeLessThanOrEqual(2000);
    expect(secret(host, "pki")).toBeUndefined();
    expect(live(host, resources.persistentvolumeclaims)).toBeUndefined();
    expect(host.server.objects(resources.persistentvolumeclaims, namespace), "the volume is on its way").toHaveLength(
      1,
    );
    host.clock.jump(2000);
    await host.reconcile("demo");
    expect(live(host, resources.statefulsets)).toBeDefined();
  });

  it("NET-08 is in the first certificate when it comes in time", async () => {
    await using host = await startTestHost({ stampedByTest: true });
    host.view.endpoint.type = "LoadBalancer";
    await host.createCluster("demo");
    await host.reconcile("demo");
    await giveAddresses(host, services, address);
    await host.reconcile("demo");
    expect(text(host, "pki", "apiserver.crt")).not.toBe("");
    expect(new X509Certificate(text(host, "pki", "apiserver.crt")).subjectAltName).toContain("203.0.113.7");
  });

  it("does not hold up the control plane, which is asked by its ClusterIP while it starts", async () => {
    await using host = await startTestHost();
    host.view.endpoint.type = "LoadBalancer";
    await host.createCluster("demo");
    await host.reconcile("demo");
    await putPod(host, namespace, { containerStatuses: [running("kine"), running("kube-apiserver", false)] });
    expect(await host.reconcile("demo")).toEqual({ after: 150 });
    host.answer = { ready: true };
    await host.reconcile("demo");
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "True" });
    expect(condition(host, "EndpointReachable")).toMatchObject({ reason: "LoadBalancerPending" });
    expect(statusOf(host).endpoint).toEqual({ type: "LoadBalancer" });
  });
});
