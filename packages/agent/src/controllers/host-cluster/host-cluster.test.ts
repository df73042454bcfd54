import { hostClusters, names } from "@inkube/api";
import { createClient, resources, systemClock } from "@inkube/kube";
import { collectingLogger, FakeClock, seededRandom, startFakeApiServer } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { type HostNode, toHostNode } from "../../host/host-node.ts";
import { metricsApi } from "../../host/metrics-api.ts";
import { cacheOf } from "../../objects/owned-caches.ts";
import type { Observation } from "../nested-cluster/scope.ts";
import { heartbeatMs, reconcileHostCluster, toldConditions } from "./host-cluster.ts";

async function start() {
  const server = await startFakeApiServer();
  server.register(hostClusters);
  const client = createClient(server.config);
  const watching = { client, clock: systemClock, random: seededRandom(3), logger: collectingLogger() };
  await client.create(resources.nodes, node("a", "True"));
  await client.create(resources.nodes, node("b", "False"));
  await client.create(hostClusters, {
    apiVersion: "inkube.dev/v1alpha1",
    kind: "HostCluster",
    metadata: { name: names.localHost },
    spec: {},
  });
  const hosts = cacheOf(watching, hostClusters);
  const nodes = cacheOf<HostNode>(watching, resources.nodes, { transform: toHostNode });
  for (const cache of [hosts, nodes]) cache.start();
  await Promise.all([hosts.whenSynced(), nodes.whenSynced()]);
  const clock = new FakeClock();
  const found: { record?: Observation | undefined } = {};
  const live = () => server.object(hostClusters, { name: names.localHost });
  const known = {
    hostClusters: hosts,
    nodes,
    version: async () => "v1.34.4",
    serviceCIDR: async () => "10.96.0.0/16",
    metrics: () => metricsApi(client),
    access: "full" as const,
    wildcardDNS: async () => found.record,
  };
  const reconcile = async () => {
    while (hosts.get(names.localHost)?.metadata.resourceVersion !== live()?.metadata.resourceVersion) await tick();
    return reconcileHostCluster({ client, clock, ...known }, new AbortController().signal);
  };
  const dispose = async () => {
    await Promise.all([hosts.stop(), nodes.stop()]);
    await client.close();
    await server[Symbol.asyncDispose]();
  };
  return { server, clock, found, live, reconcile, [Symbol.asyncDispose]: dispose };
}

describe("the host's own object", () => {
  it("says version, ready nodes, what they can hold, and the range of Services", async () => {
    await using host = await start();
    await host.reconcile();
    expect(host.live()?.status).toMatchObject({
      version: "v1.34.4",
      nodes: 1,
      capacity: { cpu: "3500m", memory: "8192Mi", pods: "110" },
      serviceCIDR: "10.96.0.0/16",
      conditions: [{ type: "Ready", status: "True", reason: "HostReady" }],
      heartbeat: "2026-01-01T00:00:00.000Z",
    });
  });

  it("IMP-05 says that usage is unavailable where nobody serves it", async () => {
    await using host = await start();
    await host.reconcile();
    expect(host.live()?.status).toMatchObject({ metrics: "unavailable", access: "full" });
    host.server.register({
      group: "metrics.k8s.io",
      version: "v1beta1",
      plural: "nodes",
      kind: "NodeMetrics",
      namespaced: false,
    });
    await host.reconcile();
    expect(host.live()?.status).toMatchObject({ metrics: "available" });
  });

  it("NET-07 says whether the wildcard record is there, tells a hub nothing else, and stops when none is needed", async () => {
    await using host = await start();
    host.found.record = { status: "False", reason: "DNSRecordMissing", particulars: "The record should be: R" };
    await host.reconcile();
    const message =
      "The endpoint's name does not resolve. The record should be: R. Create the wildcard record that the message names.";
    const missing = { type: "WildcardDNS", status: "False", reason: "DNSRecordMissing", message };
    expect(host.live()?.status).toMatchObject({ conditions: [{ type: "Ready", status: "True" }, missing] });
    const lastTransitionTime = "2026-01-01T00:00:00Z";
    expect(toldConditions(host.live())).toEqual({ conditions: [{ ...missing, lastTransitionTime }] });
    host.found.record = { status: "True", reason: "DNSRecordFound" };
    host.clock.jump(1000);
    await host.reconcile();
    const there = { type: "WildcardDNS", status: "True", lastTransitionTime: "2026-01-01T00:00:01Z" };
    expect(host.live()?.status).toMatchObject({ conditions: [{ type: "Ready", lastTransitionTime }, there] });
    host.found.record = undefined;
    await host.reconcile();
    expect(host.live()?.status).toMatchObject({ conditions: [{ type: "Ready" }] });
    expect(toldConditions(host.live())).toEqual({});
  });

  it("beats once a minute and is silent between", async () => {
    await using host = await start();
    await host.reconcile();
    const written = host.live()?.metadata.resourceVersion;
    host.clock.jump(heartbeatMs / 2);
    expect(await host.reconcile()).toEqual({ after: heartbeatMs / 2 });
    expect(host.live()?.metadata.resourceVersion).toBe(written);
    host.clock.jump(heartbeatMs / 2);
    await host.reconcile();
    expect(host.live()?.status).toMatchObject({ heartbeat: "2026-01-01T00:01:00.000Z" });
  });
});

function node(name: string, ready: string) {
  const allocatable = { cpu: "3500m", memory: "8Gi", pods: "110", "ephemeral-storage": "1" };
  const status = {
    allocatable,
    conditions: [{ type: "Ready", status: ready }],
    addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
  };
  return { apiVersion: "v1", kind: "Node", metadata: { name }, status };
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 2));
