import { X509Certificate } from "node:crypto";
import { transportServers } from "@inkube/controlplane";
import { resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { condition, namespace, running, secret, statusOf } from "../../../testing/demo-cluster.ts";
import {
  changeType,
  domain,
  exposedHost,
  finding,
  fqdn,
  giveAddresses,
  live,
  ref,
  writeStatus,
} from "../../../testing/endpoint-scene.ts";
import { putPod, startTestHost, type TestHost, unreachable } from "../../../testing/test-host.ts";

const { ingresses } = resources;
const ingress = { type: "Ingress", domain } as const;
const address = [{ ip: "203.0.113.7" }];
const notResolved = { ready: false, failure: "notResolved", why: `${fqdn} does not resolve`, addresses: [] } as const;
const other = {
  ready: false,
  failure: "otherServer",
  why: "a certificate of Fake",
  addresses: ["203.0.113.7"],
} as const;

async function addClass(host: TestHost, name: string, isDefault = false): Promise<void> {
  const annotations = isDefault ? { "ingressclass.kubernetes.io/is-default-class": "true" } : {};
  const object = { apiVersion: "networking.k8s.io/v1", kind: "IngressClass", metadata: { name, annotations } };
  await host.client.create(resources.ingressclasses, object);
}

/** A host with a default ingress class whose controller has taken the Ingress. */
async function ingressHost(policy: object = {}): Promise<TestHost> {
  const host = await exposedHost({ ...ingress, ...policy });
  await addClass(host, "nginx", true);
  await giveAddresses(host, ingresses, address);
  return host;
}

describe("an endpoint by ingress", () => {
  it("NET-05 is reached by its name, and is told where the name should lead", async () => {
    await using host = await ingressHost();
    expect(await finding(host)).toMatchObject({ status: "True", reason: "EndpointAnswers" });
    expect(statusOf(host).endpoint).toEqual({ url: `https://${fqdn}:443`, type: "Ingress" });
    expect(host.probed.at(-1)).toMatchObject({ url: `https://${fqdn}:443`, expectedAddresses: ["203.0.113.7"] });
  });

  it("CG-03 has its name under its own domain where that is not the host's", async () => {
    await using host = await exposedHost(ingress, { endpoint: { domain: "*.group.example.com" } });
    await addClass(host, "nginx", true);
    await giveAddresses(host, ingresses, address);
    expect(await finding(host)).toMatchObject({ status: "True", reason: "EndpointAnswers" });
    expect(statusOf(host).endpoint?.url).toBe("https://demo.team.group.example.com:443");
  });

  it("NET-08 has its name in the first certificate", async () => {
    await using host = await startTestHost();
    host.view.endpoint = { ...host.view.endpoint, ...ingress };
    await host.createCluster("demo");
    await host.reconcile("demo");
    const { "apiserver.crt": certificate = "" } = (secret(host, "pki")?.data ?? {}) as Record<string, string>;
    expect(new X509Certificate(Buffer.from(certificate, "base64")).subjectAltName).toContain(`DNS:${fqdn}`);
  });

  it("is made again when somebody deletes or changes it", async () => {
    await using host = await ingressHost();
    await host.reconcile("demo");
    const before = live(host, ingresses)?.spec;
    await host.client.patch(ingresses, ref, { spec: { rules: [{ host: "evil.example.com" }] } }, { type: "merge" });
    await host.reconcile("demo");
    expect(live(host, ingresses)?.spec).toEqual(before);
    await host.client.delete(ingresses, ref);
    await host.reconcile("demo");
    expect(live(host, ingresses)?.spec).toEqual(before);
  });

  it("goes with the type, and so does nothing that somebody else made under its name", async () => {
    await using host = await ingressHost();
    await changeType(host, "ClusterIP");
    expect(live(host, ingresses)).toBeUndefined();
    const metadata = { ...ref, labels: { "inkube.dev/managed-by": "agent", "inkube.dev/cluster": "another" } };
    await host.client.create(ingresses, { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata });
    await host.reconcile("demo");
    expect(live(host, ingresses)).toBeDefined();
  });

  it("is asked by its ClusterIP while it starts, as often as any other", async () => {
    await using host = await startTestHost();
    host.view.endpoint = { ...host.view.endpoint, ...ingress };
    await host.createCluster("demo");
    await host.reconcile("demo");
    await putPod(host, namespace, { containerStatuses: [running("kine"), running("kube-apiserver", false)] });
    expect(await host.reconcile("demo")).toEqual({ after: 150 });
    expect(host.probed.every(({ url }) => url.startsWith("https://10.96."))).toBe(true);
    host.answer = { ready: true };
    await host.reconcile("demo");
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "True" });
  });
});

describe("what keeps people from an endpoint by ingress", () => {
  it.each([
    ["a class that is not there", { ingress: { controller: "nginx", className: "public" } }, "public is named"],
    ["no class although there is no default one", {}, "no class is the default one"],
  ] as const)("is %s, and the message lists those that are", async (_title, policy, words) => {
    await using host = await exposedHost({ ...ingress, ...policy });
    await addClass(host, "internal");
    const { reason, message } = await finding(host);
    expect(reason).toBe("IngressClassMissing");
    expect(message).toContain(words);
    expect(message).toContain("this host has internal");
  });

  it("is no longer a missing class once there is a default one, the newest of several", async () => {
    await using host = await exposedHost(ingress);
    expect(await finding(host)).toMatchObject({ reason: "IngressClassMissing" });
    expect(live(host, ingresses)?.spec).not.toHaveProperty("ingressClassName");
    await addClass(host, "internal");
    await addClass(host, "public", true);
    expect(await finding(host)).toMatchObject({ reason: "EndpointAnswers" });
    expect(live(host, ingresses)?.spec).toMatchObject({ ingressClassName: "public" });
  });

  it("is a controller that has not taken it up, which is no trouble when the endpoint answers", async () => {
    await using host = await exposedHost(ingress);
    await addClass(host, "nginx", true);
    host.endpointAnswer = unreachable;
    expect(await finding(host)).toMatchObject({ status: "False", reason: "IngressPending" });
    host.endpointAnswer = { ready: true };
    expect(await finding(host)).toMatchObject({ status: "True", reason: "EndpointAnswers" });
  });

  it.each([
    ["an address", address, "*.clusters.example.com A 203.0.113.7"],
    ["an IPv6 address", [{ ip: "2001:db8::7" }], "*.clusters.example.com AAAA 2001:db8::7"],
    ["a name", [{ hostname: "lb.example.net" }], "*.clusters.example.com CNAME lb.example.net"],
  ])("NET-07 is a missing record, and the message has it for %s", async (_title, given, record) => {
    await using host = await ingressHost();
    await giveAddresses(host, ingresses, given);
    host.endpointAnswer = notResolved;
    const { reason, message } = await finding(host);
    expect(reason).toBe("DNSRecordMissing");
    expect(message).toContain(record);
    expect(message).toContain(`${fqdn} does not resolve`);
  });

  it("NET-07 is a record that leads elsewhere, and the message names both sides", async () => {
    await using host = await ingressHost();
    host.endpointAnswer = { ready: false, failure: "wrongAddress", why: "ECONNREFUSED", addresses: ["198.51.100.1"] };
    const { reason, message } = await finding(host);
    expect(reason).toBe("DNSRecordWrong");
    expect(message).toContain("leads to 198.51.100.1, the host has 203.0.113.7");
    expect(message).toContain("*.clusters.example.com A 203.0.113.7");
  });

  it("NET-07 is told of a new cluster at once: a record that is missing waits for nobody", async () => {
    await using host = await ingressHost();
    host.clock.jump(Date.now() - host.clock.now());
    host.endpointAnswer = notResolved;
    expect(await finding(host)).toMatchObject({ reason: "DNSRecordMissing" });
  });

  it("NET-05 is TLS that ends before the API server", async () => {
    await using host = await ingressHost();
    host.endpointAnswer = other;
    const { reason, message } = await finding(host);
    expect(reason).toBe("EndpointAnswersOther");
    expect(message).toContain("a certificate of Fake");
    expect(message).toContain("TLS passthrough");
  });

  it("is a host without a domain; the control plane runs all the same", async () => {
    await using host = await exposedHost({ type: "Ingress" });
    const { reason, message } = await finding(host);
    expect(reason).toBe("EndpointNotOffered");
    expect(message).toContain("endpoint.domain");
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "True" });
    expect(live(host, ingresses)).toBeUndefined();
  });

  it("is a host that refuses the Ingress; the control plane runs all the same", async () => {
    await using host = await startTestHost();
    host.view.endpoint = { ...host.view.endpoint, ...ingress };
    host.server.faults.add({ fault: { kind: "answer", status: 403 }, when: ({ plural }) => plural === "ingresses" });
    await host.createCluster("demo");
    await host.reconcile("demo");
    expect(await finding(host)).toMatchObject({ reason: "EndpointRefused" });
    expect(live(host, resources.statefulsets)).toBeDefined();
  });
});

describe("an endpoint by F5 NGINX Ingress Controller", () => {
  const f5 = { ...ingress, ingress: { controller: "f5", className: "nginx" } } as const;
  const type = { ...transportServers, version: "v1", namespaced: true };

  it("NET-05 is a TransportServer, which an Ingress takes the place of when the controller changes", async () => {
    await using host = await startTestHost();
    host.server.register(type);
    host.view.endpoint = { ...host.view.endpoint, ...f5 };
    await host.createCluster("demo");
    await host.reconcile("demo");
    expect(live(host, type)?.spec).toMatchObject({ host: fqdn, listener: { protocol: "TLS_PASSTHROUGH" } });
    expect(live(host, ingresses)).toBeUndefined();
    host.view.endpoint = { ...host.view.endpoint, ingress: { controller: "nginx" } };
    await host.reconcile("demo");
    expect(live(host, type)).toBeUndefined();
    expect(live(host, ingresses)).toBeDefined();
  });

  it("says when the host does not serve it, and what the controller says of it", async () => {
    await using host = await exposedHost(f5);
    await addClass(host, "nginx");
    expect(await finding(host)).toMatchObject({ reason: "PassthroughMissing" });
    host.server.register(type);
    host.clock.jump(31_000);
    host.endpointAnswer = { ready: true };
    expect(await finding(host)).toMatchObject({ reason: "EndpointAnswers" });
    await writeStatus(host, type, {
      state: "Warning",
      reason: "Rejected",
      message: "Host is taken by another resource",
    });
    const { reason, message } = await finding(host);
    expect(reason).toBe("EndpointRefused");
    expect(message).toContain("Host is taken by another resource");
  });
});
