import type { ClusterGroup, HostCluster, NestedCluster } from "@inkube/api";
import { clusterGroupSchema, hostClusterSchema, nestedClusterSchema } from "@inkube/api/schemas";
import { describe, expect, it } from "vitest";
import { type GroupFleet, groupStatus } from "./group-status.ts";

const apiVersion = "inkube.dev/v1alpha1" as const;
const now = Date.parse("2026-01-01T00:00:00Z");
const gi = 2 ** 30;

function host(name: string, { spec = {}, status = {} }: { spec?: object; status?: object } = {}): HostCluster {
  const capacity = { cpu: "16", memory: "64Gi", "ephemeral-storage": "100Gi" };
  return hostClusterSchema.parse({
    apiVersion,
    kind: "HostCluster",
    metadata: { name },
    spec: { nesting: true, endpoint: { type: "Hub" }, ...spec },
    status: { capacity, heartbeat: new Date(now).toISOString(), ...status },
  }) as HostCluster;
}

function group(hosts: string[], more: { spec?: object; status?: object } = {}): ClusterGroup {
  return clusterGroupSchema.parse({
    apiVersion,
    kind: "ClusterGroup",
    metadata: { name: "g", generation: 3 },
    spec: { hosts: hosts.map((name) => ({ name })), oversubscription: 150, ...more.spec },
    ...(more.status && { status: more.status }),
  }) as ClusterGroup;
}

function cluster(where: string | undefined, of = "g"): NestedCluster {
  return nestedClusterSchema.parse({
    apiVersion,
    kind: "NestedCluster",
    metadata: { name: "c", namespace: "team" },
    spec: { group: of, size: { cpu: "4", memory: "4Gi", storage: "2Gi" } },
    ...(where !== undefined && { status: { host: where } }),
  }) as NestedCluster;
}

function fleet(hosts: HostCluster[], clusters: NestedCluster[] = []): GroupFleet {
  return {
    host: (name) => hosts.find(({ metadata }) => metadata.name === name),
    on: (name) => clusters.filter(({ status }) => status?.host === name),
    in: (name) => clusters.filter(({ spec }) => spec.group === name),
  };
}

describe("the status of a group", () => {
  it("CG-12 used and free are the total of each resource, and those of the group the sums of its hosts", () => {
    const clusters = [cluster("a"), cluster("a", "other"), cluster("b"), cluster(undefined)];
    const status = groupStatus(group(["b", "a"]), fleet([host("a"), host("b")], clusters), now);
    expect(status.clusters).toBe(3);
    expect(status.hosts?.map(({ name, clusters }) => [name, clusters])).toEqual([
      ["a", 1],
      ["b", 1],
    ]);
    expect(status.hosts?.[0]?.capacity).toEqual({
      cpu: { total: 24, used: 8, free: 16 },
      memory: { total: 96 * gi, used: 8 * gi, free: 88 * gi },
      storage: { total: 150 * gi, used: 4 * gi, free: 146 * gi },
    });
    expect(status.capacity).toEqual({
      cpu: { total: 48, used: 12, free: 36 },
      memory: { total: 192 * gi, used: 12 * gi, free: 180 * gi },
      storage: { total: 300 * gi, used: 6 * gi, free: 294 * gi },
    });
  });

  it("says of each host why nothing is placed there", () => {
    const hosts = [
      host("full"),
      host("quiet", { status: { heartbeat: new Date(now - 11 * 60_000).toISOString() } }),
      host("long", { status: { heartbeat: new Date(now - 50 * 3_600_000).toISOString() } }),
      host("drained", { spec: { unschedulable: true } }),
      host("new", { status: { capacity: undefined, heartbeat: undefined } }),
    ];
    const names = ["drained", "full", "gone", "long", "new", "quiet"];
    const { hosts: told, conditions } = groupStatus(group(names), fleet(hosts), now);
    expect(told?.map(({ name, eligible, reason }) => [name, eligible, reason])).toEqual([
      ["drained", false, "it is being drained"],
      ["full", true, undefined],
      ["gone", false, "there is no host gone"],
      ["long", false, "its agent has been silent for 50 h"],
      ["new", false, "its agent has not connected yet"],
      ["quiet", false, "its agent has been silent for 11 min"],
    ]);
    expect(told?.filter(({ capacity }) => capacity === undefined).map(({ name }) => name)).toEqual(["gone", "new"]);
    expect(conditions).toMatchObject([{ type: "Ready", status: "True", reason: "GroupReady", observedGeneration: 3 }]);
  });

  it("is not ready when there is no host to place on, and says why", () => {
    const ready = (hosts: string[]) => groupStatus(group(hosts), fleet([]), now).conditions?.[0];
    expect(ready([])).toMatchObject({ status: "False", reason: "GroupEmpty" });
    expect(ready(["x"])).toMatchObject({ status: "False", reason: "NoHostEligible" });
    expect(ready(["x"])?.message).toContain("x: there is no host x");
  });

  it("is the same again when nothing has changed, however late", () => {
    const world = fleet([host("a"), host("b")], [cluster("a")]);
    const first = groupStatus(group(["a", "b"]), world, now);
    expect(groupStatus(group(["a", "b"], { status: first }), world, now + 60_000)).toEqual(first);
  });
});
