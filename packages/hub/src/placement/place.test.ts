import type { ClusterGroup, HostCluster, NestedCluster } from "@inkube/api";
import { clusterGroupSchema, hostClusterSchema, nestedClusterSchema } from "@inkube/api/schemas";
import { describe, expect, it } from "vitest";
import { type Fleet, place } from "./place.ts";

const apiVersion = "inkube.dev/v1alpha1" as const;
const now = Date.parse("2026-01-01T00:00:00Z");

function host(name: string, capacity: object, changes: { spec?: object; silentMs?: number } = {}): HostCluster {
  const heartbeat = new Date(now - (changes.silentMs ?? 0)).toISOString();
  const spec = { nesting: true, endpoint: { type: "Hub" }, ...changes.spec };
  const status = { capacity: { cpu: "16", memory: "1Ti", "ephemeral-storage": "1Ti", ...capacity }, heartbeat };
  return hostClusterSchema.parse({ apiVersion, kind: "HostCluster", metadata: { name }, spec, status }) as HostCluster;
}

function group(hosts: (string | object)[], spec: object = {}): ClusterGroup {
  const entries = hosts.map((entry) => (typeof entry === "string" ? { name: entry } : entry));
  return clusterGroupSchema.parse({
    apiVersion,
    kind: "ClusterGroup",
    metadata: { name: "g" },
    spec: { hosts: entries, ...spec },
  }) as ClusterGroup;
}

function cluster(spec: object = {}, namespace = "team"): NestedCluster {
  const size = { cpu: "4", memory: "4Gi", storage: "2Gi" };
  return nestedClusterSchema.parse({
    apiVersion,
    kind: "NestedCluster",
    metadata: { name: "c", namespace },
    spec: { group: "g", size, ...spec },
  }) as NestedCluster;
}

function fleet(hosts: HostCluster[], groups: ClusterGroup[], placed: Record<string, NestedCluster[]> = {}): Fleet {
  return {
    host: (name) => hosts.find(({ metadata }) => metadata.name === name),
    group: (name) => groups.find(({ metadata }) => metadata.name === name),
    on: (name) => placed[name] ?? [],
  };
}

const fours = (count: number): NestedCluster[] => Array.from({ length: count }, () => cluster());

describe("place", () => {
  const arithmetic: [percent: number, there: number, fits: boolean][] = [
    [120, 3, true],
    [120, 4, false],
    [125, 4, true],
    [125, 5, false],
  ];
  it.each(arithmetic)(
    "CG-05 on 16 CPU at %i %% with %i clusters of 4 CPU: another fits is %s",
    (percent, there, fits) => {
      const world = fleet([host("a", {})], [group(["a"], { oversubscription: percent })], { a: fours(there) });
      expect("host" in place(cluster(), world, now)).toBe(fits);
    },
  );

  it("CG-06 takes the host with most free CPU, of equals the first by name", () => {
    const hosts = [host("b", {}), host("a", {}), host("small", { cpu: "8" })];
    expect(place(cluster(), fleet(hosts, [group(["small", "b", "a"])]), now)).toEqual({ host: "a" });
    expect(place(cluster(), fleet(hosts, [group(["small", "b", "a"])], { a: fours(1) }), now)).toEqual({ host: "b" });
  });

  it("CG-06 says for each host what is missing when none has room", () => {
    const hosts = [host("a", { cpu: "2" }), host("b", { memory: "2Gi" }), host("c", { "ephemeral-storage": "1Gi" })];
    const answer = place(cluster(), fleet(hosts, [group(["a", "b", "c", "d"])]), now);
    expect(answer).toMatchObject({ refused: "InsufficientCapacity" });
    expect(answer).toHaveProperty(
      "particulars",
      [
        "a: needs 4 cpu, has 2.4 of 2.4 left",
        "b: needs 4Gi memory, has 2457Mi of 2457Mi left",
        "c: needs 2Gi storage, has 1228Mi of 1228Mi left",
        "d: there is no host d",
      ].join("; "),
    );
  });

  const passedOver: [string, HostCluster, string][] = [
    ["HST-06 a silent one", host("a", {}, { silentMs: 11 * 60_000 }), "its agent has been silent for 11 min"],
    ["CG-02 a read-only one", host("a", {}, { spec: { nesting: false, access: "read-only" } }), "imported read-only"],
    ["CG-02 one without nesting", host("a", {}, { spec: { nesting: false } }), "nesting is off"],
    ["one that is drained", host("a", {}, { spec: { unschedulable: true } }), "being drained"],
    [
      "CG-03 one of another endpoint type",
      host("a", {}, { spec: { endpoint: { type: "NodePort" } } }),
      "endpoint type NodePort",
    ],
  ];
  it.each(passedOver)("passes over %s", (_title, one, why) => {
    const world = fleet([one], [group(["a"], { endpointType: "LoadBalancer" })]);
    expect(place(cluster(), world, now)).toMatchObject({
      refused: "InsufficientCapacity",
      particulars: expect.stringContaining(why),
    });
  });

  it("VC-04 refuses a size outside of the group's limits, whatever room there is", () => {
    const world = fleet([host("a", {})], [group(["a"])]);
    expect(place(cluster({ size: { cpu: "7", memory: "4Gi", storage: "2Gi" } }), world, now)).toEqual({
      refused: "OutsideLimits",
      particulars: "Group g: cpu 7 is above the limit of 6",
    });
    expect(place(cluster({ size: { cpu: "3", memory: "4Gi", storage: "2Gi" } }), world, now)).toMatchObject({
      particulars: "Group g: cpu 3 is below the minimum of 4",
    });
  });

  const distros: [of: object, asked: object, answer: object][] = [
    [{ distro: "k3s", version: "v1.34.4+k3s1" }, {}, { host: "a" }],
    [{ distro: "k3s" }, { distro: "k3s", version: "v1.34.4" }, { host: "a" }],
    [{ distro: "k8s", version: "v1.35.0" }, { version: "v1.34.4" }, { host: "a" }],
    [{ distro: "k3s", version: "v1.34.4+k3s1" }, { distro: "k8s" }, { particulars: "Group g has distro k3s, not k8s" }],
    [{ distro: "k8s" }, { distro: "k3s" }, { particulars: "Group g has distro k8s, not k3s" }],
    [
      { distro: "k8s" },
      { version: "v1.34.4+k3s1" },
      { particulars: "Group g has distro k8s, and v1.34.4+k3s1 is of k3s" },
    ],
  ];
  it.each(distros)("CG-11 in a group of %j one that says %j gets %j", (of, asked, answer) => {
    const world = fleet([host("a", {})], [group(["a"], of)]);
    expect(place(cluster(asked), world, now)).toEqual(
      "particulars" in answer ? { refused: "OtherDistro", ...answer } : answer,
    );
  });

  it("CG-09 keeps groups and hosts for their projects", () => {
    const world = fleet([host("a", {}, { spec: { projects: ["team"] } })], [group(["a"], { projects: ["other"] })]);
    expect(place(cluster(), world, now)).toMatchObject({ refused: "NotForThisProject" });
    expect(place(cluster({ group: undefined, host: "a" }), world, now)).toEqual({ host: "a" });
    expect(place(cluster({ group: undefined, host: "a" }, "other"), world, now)).toMatchObject({
      refused: "NotForThisProject",
    });
  });

  it("counts the storage that a host's specification names in place of its nodes'", () => {
    const one = host("a", { "ephemeral-storage": "1Gi" }, { spec: { capacity: { storage: "100Gi" } } });
    expect(place(cluster(), fleet([one], [group(["a"])]), now)).toEqual({ host: "a" });
  });

  it("names what is not there", () => {
    const world = fleet([], []);
    expect(place(cluster(), world, now)).toMatchObject({ refused: "GroupMissing" });
    expect(place(cluster({ group: undefined, host: "x" }), world, now)).toMatchObject({ refused: "HostMissing" });
  });
});
