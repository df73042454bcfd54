import { nestedClusters } from "@inkube/api";
import { createClient, type KubeObject, resources, systemClock } from "@inkube/kube";
import { collectingLogger, startFakeApiServer } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { createFleetView } from "../view/fleet-view.ts";
import { takeReport } from "./reports.ts";

const ref = { namespace: "team", name: "web" };
const never = new AbortController().signal;
type Phase = "Ready" | "Degraded";

/** A hub's copy of one nested cluster that was placed on `edge-1`. */
async function start() {
  const server = await startFakeApiServer();
  server.register(nestedClusters);
  server.register({ ...nestedClusters, plural: "hostclusters", kind: "HostCluster", namespaced: false });
  server.register({ ...nestedClusters, plural: "clustergroups", kind: "ClusterGroup", namespaced: false });
  const client = createClient(server.config);
  await client.create(resources.namespaces, { metadata: { name: ref.namespace } });
  const made = server.write(nestedClusters, { metadata: { ...ref }, spec: {}, status: { host: "edge-1" } });
  const tools = { client, clock: systemClock, random: Math.random, logger: collectingLogger() };
  const view = createFleetView(tools);
  view.start();
  const phaseOf = (object: KubeObject | undefined) => (object?.status as { phase?: string } | undefined)?.phase;
  await eventually(() => expect(view.synced).toBe(true));
  return {
    view,
    server,
    phase: () => phaseOf(server.object(nestedClusters, ref)),
    /** Takes a report; resolves with how often it wrote. */
    async report(value: Phase): Promise<number> {
      server.clearRequests();
      const one = { project: ref.namespace, name: ref.name, uid: String(made.metadata.uid), status: { phase: value } };
      expect(await takeReport({ ...tools, view }, "edge-1", { clusters: [one] }, never)).toEqual([]);
      return server.requests.filter(({ method }) => method === "PATCH").length;
    },
    whenSeen: (value: Phase) =>
      eventually(() => expect(phaseOf(view.clusters.get(ref.name, ref.namespace))).toBe(value)),
    /** As another replica of the hub would. */
    write(value: Phase) {
      const object = server.object(nestedClusters, ref);
      if (object) server.write(nestedClusters, { ...object, status: { host: "edge-1", phase: value } });
    },
    async [Symbol.asyncDispose]() {
      await view.stop();
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("takeReport", () => {
  it("writes what is new, and nothing that is there already", async () => {
    await using hub = await start();
    expect(await hub.report("Ready")).toBe(1);
    await hub.whenSeen("Ready");
    expect(await hub.report("Ready")).toBe(0);
    expect(await hub.report("Degraded")).toBe(1);
    expect(hub.phase()).toBe("Degraded");
  });

  it("does not believe an old copy that everything is there already", async () => {
    await using hub = await start();
    await hub.report("Ready");
    await hub.whenSeen("Ready");
    await hub.view.stop();
    hub.write("Degraded");
    expect(await hub.report("Ready")).toBe(1);
    expect(hub.phase()).toBe("Ready");
  });

  it("does not take for told what another writer was in the way of", async () => {
    await using hub = await start();
    hub.server.faults.add({ fault: { kind: "answer", status: 409 }, when: ({ verb }) => verb === "apply", times: 1 });
    await expect(hub.report("Ready")).rejects.toMatchObject({ code: "conflict" });
    expect(await hub.report("Ready")).toBe(1);
    expect(hub.phase()).toBe("Ready");
  });

  it("has nothing to write about one that was deleted meanwhile", async () => {
    await using hub = await start();
    await hub.view.stop();
    hub.server.erase(nestedClusters, ref);
    expect(await hub.report("Ready")).toBe(1);
    expect(hub.server.object(nestedClusters, ref)).toBeUndefined();
  });
});
