import { resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { condition, namespace, runningHost, statusOf } from "../../testing/demo-cluster.ts";
import { exposedHost, finding, live } from "../../testing/endpoint-scene.ts";
import { startTestHost } from "../../testing/test-host.ts";

describe("a host that takes no new nested clusters", () => {
  it("refuses one that is new, and makes nothing, until nesting is on", async () => {
    await using host = await startTestHost();
    host.view.nesting = false;
    await host.createCluster("demo");
    for (let round = 0; round < 2; round += 1) await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ status: "False", reason: "NestingDisabled" });
    expect(statusOf(host).phase).toBe("Failed");
    expect(host.server.object(resources.namespaces, { name: namespace })).toBeUndefined();
    host.view.nesting = true;
    await host.reconcile("demo");
    expect(host.server.object(resources.namespaces, { name: namespace })).toBeDefined();
  });

  it("keeps alive what runs", async () => {
    await using host = await runningHost();
    host.view.nesting = false;
    await host.client.delete(resources.statefulsets, { namespace, name: "control-plane" });
    await host.reconcile("demo");
    expect(live(host, resources.statefulsets)).toBeDefined();
    expect(condition(host, "Ready")?.reason).not.toBe("NestingDisabled");
  });
});

describe("an endpoint through the hub", () => {
  it("has no URL here, and is reachable when the API server answers on the host", async () => {
    await using host = await exposedHost({ type: "Hub" });
    expect(await finding(host)).toMatchObject({ status: "True", reason: "EndpointAnswers" });
    expect(statusOf(host).endpoint).toEqual({ type: "Hub" });
    expect(host.probed.every(({ url }) => url.startsWith("https://10.96."))).toBe(true);
    expect(live(host, resources.services)?.spec).toMatchObject({ type: "ClusterIP" });
  });
});
