import { type Client, createClient, KubeError, type KubeObject, resources, systemClock } from "@inkube/kube";
import { collectingLogger, type FakeApiServer, FakeClock, startFakeApiServer } from "@inkube/kube/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probe, probeReason } from "../admission/webhook-names.ts";
import { fakeView } from "../tunnel/testing/fake-view.ts";
import { createBootstrap } from "./bootstrap.ts";
import type { BootstrapConfig } from "./bootstrap-config.ts";

const apiRef = { namespace: "default", name: "kubernetes" };
const dnsRef = { namespace: "kube-system", name: "kube-dns" };

describe("the bootstrap of a nested cluster", () => {
  let api: FakeApiServer;
  let client: Client;
  let config: BootstrapConfig;
  let admits: boolean;

  beforeEach(async () => {
    api = await startFakeApiServer();
    client = createClient(api.config);
    admits = true;
    config = {
      clusterDomain: "cluster.local",
      apiServiceIP: "10.96.3.3",
      controlPlanePodIPs: () => ["10.244.0.9"],
      clusterCA: "nested CA",
      webhookCA: "internal CA",
      dns: { image: "registry.k8s.io/coredns/coredns:v1.12.4" },
    };
  });

  afterEach(async () => {
    await client.close();
    await api[Symbol.asyncDispose]();
  });

  /** The nested API server, with the webhook that the fake one does not call. */
  function nested(): Client {
    const create: Client["create"] = async (type, object, options) => {
      if (object.metadata.name === probe.name && admits) {
        throw new KubeError({ code: "invalid", status: 422, reason: probeReason, message: "in place" });
      }
      return client.create(type, object, options);
    };
    return new Proxy(client, {
      get(target, member) {
        if (member === "create") return create;
        const value = Reflect.get(target, member) as unknown;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  function start(clock = systemClock) {
    const view = fakeView({ nested: nested() });
    const logger = collectingLogger();
    return { view, logger, bootstrap: createBootstrap({ view, config, clock, logger }) };
  }

  const spec = (object: KubeObject | undefined) => object?.spec as Record<string, unknown> | undefined;
  const limit = () => AbortSignal.timeout(120_000);

  it("makes everything that a tenant finds", async () => {
    await start().bootstrap.run(limit());
    expect(spec(api.object(resources.services, apiRef))?.clusterIP).toBe("10.96.3.3");
    expect(api.object(resources.endpointslices, apiRef)?.endpoints).toMatchObject([{ addresses: ["10.244.0.9"] }]);
    expect(api.object(resources.endpoints, apiRef)?.subsets).toMatchObject([{ addresses: [{ ip: "10.244.0.9" }] }]);
    expect(spec(api.object(resources.services, dnsRef))?.clusterIP).toBe("10.96.7.7");
    expect(api.object(resources.configmaps, { namespace: "default", name: "kube-root-ca.crt" })?.data).toEqual({
      "ca.crt": "nested CA",
    });
    expect(api.object(resources.serviceaccounts, { namespace: "kube-system", name: "default" })).toBeDefined();
    expect(api.object(resources.mutatingwebhookconfigurations, { name: "inkube-services" })).toBeDefined();
  });

  it("writes nothing again that is already right", async () => {
    await start().bootstrap.run(limit());
    const version = api.resourceVersion;
    await start().bootstrap.run(limit());
    expect(api.resourceVersion).toBe(version);
  });

  it("replaces the API's Service that has the first address of the range", async () => {
    const old = await client.create(resources.services, {
      apiVersion: "v1",
      kind: "Service",
      metadata: apiRef,
      spec: { clusterIP: "10.96.0.1", ports: [{ port: 443 }] },
    });
    await start().bootstrap.run(limit());
    const service = api.object(resources.services, apiRef);
    expect(spec(service)?.clusterIP).toBe("10.96.3.3");
    expect(service?.metadata.uid).not.toBe(old.metadata.uid);
  });

  it("tries again when the API server is quicker to make its own Service anew", async () => {
    const first = {
      apiVersion: "v1",
      kind: "Service",
      metadata: apiRef,
      spec: { clusterIP: "10.96.0.1", ports: [{ port: 443 }] },
    };
    await client.create(resources.services, first);
    let races = 0;
    const remove = client.delete.bind(client);
    client.delete = async (type, ref, options) => {
      const done = await remove(type, ref, options);
      if (races < 2) await client.create(resources.services, first);
      races += 1;
      return done;
    };
    await start().bootstrap.run(limit());
    expect(races).toBe(3);
    expect(spec(api.object(resources.services, apiRef))?.clusterIP).toBe("10.96.3.3");
  });

  it("waits until the API server really asks about Services, and for the control plane's address", async () => {
    admits = false;
    let addresses: string[] = [];
    config = { ...config, controlPlanePodIPs: () => addresses };
    const clock = new FakeClock();
    const abort = new AbortController();
    let done = false;
    const running = start(clock)
      .bootstrap.run(abort.signal)
      .then(() => {
        done = true;
      });
    while (clock.sleeping < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
    admits = true;
    addresses = ["10.244.0.9"];
    while (!done) await clock.advance(5_000);
    await running;
  });

  it("stops with the signal's reason", async () => {
    admits = false;
    const abort = new AbortController();
    const running = start(new FakeClock()).bootstrap.run(abort.signal);
    abort.abort(new Error("the cluster is being deleted"));
    await expect(running).rejects.toThrow("the cluster is being deleted");
  });

  it("keeps the tenant's Corefile and replicas, and puts back image and Service", async () => {
    const clock = new FakeClock();
    const { bootstrap } = start(clock);
    await bootstrap.run(limit());
    const coredns = { namespace: "kube-system", name: "coredns" };
    await client.patch(resources.configmaps, coredns, { data: { Corefile: "mine" } }, { type: "merge" });
    await client.patch(resources.deployments, coredns, { spec: { replicas: 2, paused: true } }, { type: "merge" });
    const container = [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: "other" }];
    await client.patch(resources.deployments, coredns, container, { type: "json" });
    await client.delete(resources.services, dnsRef);

    const abort = new AbortController();
    const kept = bootstrap.keep(abort.signal);
    while (api.object(resources.services, dnsRef) === undefined) await clock.advance(2_000);
    abort.abort();
    await kept;
    expect(api.object(resources.configmaps, coredns)?.data).toEqual({ Corefile: "mine" });
    const deployment = JSON.stringify(api.object(resources.deployments, coredns));
    expect(deployment).toContain(config.dns.image);
    expect(deployment).not.toContain('"image":"other"');
    expect(JSON.parse(deployment)).toMatchObject({ spec: { replicas: 2 } });
  });

  it("CG-10 gives the cluster's DNS no fixed user where the host chooses users", async () => {
    const podOf = () =>
      api.object(resources.deployments, { namespace: "kube-system", name: "coredns" })?.spec as
        | { template: { spec: object } }
        | undefined;
    await start().bootstrap.run(limit());
    expect(podOf()?.template.spec).toMatchObject({ securityContext: { runAsNonRoot: true, runAsUser: 65532 } });
    config = { ...config, openshift: true };
    await start().bootstrap.run(limit());
    expect(podOf()?.template.spec).toMatchObject({ securityContext: { runAsNonRoot: true } });
    expect(JSON.stringify(podOf())).not.toMatch(/runAsUser|runAsGroup/);
  });

  it("follows the control plane to its new address when told", async () => {
    let addresses = ["10.244.0.9"];
    config = { ...config, controlPlanePodIPs: () => addresses };
    const clock = new FakeClock();
    const { bootstrap } = start(clock);
    await bootstrap.run(limit());
    const abort = new AbortController();
    const kept = bootstrap.keep(abort.signal);
    addresses = ["10.244.0.10"];
    bootstrap.refresh();
    const moved = () => JSON.stringify(api.object(resources.endpointslices, apiRef)?.endpoints).includes("10.244.0.10");
    while (!moved()) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await kept;
    expect(moved()).toBe(true);
  });

  it("leaves out the resolver for outside names where there is none", async () => {
    config = { ...config, dns: { ...config.dns, forward: "" } };
    await start().bootstrap.run(limit());
    const data = api.object(resources.configmaps, { namespace: "kube-system", name: "coredns" })?.data;
    expect((data as { Corefile: string }).Corefile).not.toContain("forward");
  });
});
