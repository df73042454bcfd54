import {
  agentPaths,
  type ClusterGroup,
  clusterGroups,
  type HostCluster,
  hostClusters,
  type NestedCluster,
} from "@inkube/api";
import { systemClock } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { makeHost } from "../testing/two-projects.ts";

let test: TestHub;
let admin: string;
const agents = new Map<string, string>();
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  for (const name of ["one", "two"]) await joinHost(name);
  const hosts = [{ name: "one" }, { name: "two" }];
  const group = { metadata: { name: "both" }, spec: { hosts, distro: "k8s", oversubscription: 150 } };
  expect((await test.call(admin, "POST", "/api/v1/groups", group)).statusCode).toBe(201);
});
afterAll(() => test[Symbol.asyncDispose]());

async function joinHost(name: string): Promise<void> {
  await makeHost(test, admin, name);
  const { token } = await test.credentials.issue({ kind: "host", subject: name, name });
  agents.set(name, token);
  await report(name, {
    host: { version: "v1.34.4", nodes: 1, capacity: { cpu: "16", memory: "64Gi", "ephemeral-storage": "100Gi" } },
  });
}

async function report(host: string, body: object): Promise<void> {
  expect((await test.call(agents.get(host), "POST", agentPaths.report, body)).statusCode).toBe(200);
}

async function create(name: string, spec: object = { group: "both" }) {
  const size = { cpu: "4", memory: "4Gi", storage: "2Gi" };
  return await test.call(admin, "POST", "/api/v1/projects/default/clusters", {
    metadata: { name },
    spec: { size, ...spec },
  });
}

async function remove(name: string): Promise<void> {
  const path = `/api/v1/projects/default/clusters/${name}`;
  const { metadata, status } = (await test.call(admin, "GET", path)).json() as NestedCluster;
  expect((await test.call(admin, "DELETE", path)).statusCode).toBe(202);
  await report(status?.host ?? "", { clusters: [{ project: "default", name, uid: metadata.uid, gone: true }] });
  await eventually(async () => expect((await test.call(admin, "GET", path)).statusCode).toBe(404));
}

const get = async <T>(path: string): Promise<T> => (await test.call(admin, "GET", path)).json() as T;
const groupNow = () => get<ClusterGroup>("/api/v1/groups/both");
const listed = async (query: string) =>
  (await get<{ items: NestedCluster[]; total: number }>(`/api/v1/clusters${query}`)).items;
const hostsBy = async (eligible: boolean) =>
  (await get<{ items: HostCluster[] }>(`/api/v1/hosts?eligible=${eligible}`)).items.map(
    ({ metadata }) => metadata.name,
  );

/** The figures of a group that holds so many clusters of 4 CPU, 4Gi and 2Gi. */
async function expectFigures(clusters: number): Promise<void> {
  const { status } = await groupNow();
  expect(status?.clusters).toBe(clusters);
  const unit = { cpu: 4, memory: 4 * 2 ** 30, storage: 2 * 2 ** 30 };
  const total = { cpu: 2 * 16, memory: 2 * 64 * 2 ** 30, storage: 2 * 100 * 2 ** 30 };
  for (const resource of ["cpu", "memory", "storage"] as const) {
    const figure = status?.capacity?.[resource];
    expect(figure?.total).toBeCloseTo(total[resource] * 1.5);
    expect(figure?.used).toBeCloseTo(clusters * unit[resource]);
    expect((figure?.used ?? 0) + (figure?.free ?? 0)).toBeCloseTo(figure?.total ?? Number.NaN);
    for (const part of ["total", "used", "free"] as const) {
      const sum = status?.hosts?.reduce((all, host) => all + (host.capacity?.[resource][part] ?? Number.NaN), 0);
      expect(sum).toBeCloseTo(figure?.[part] ?? Number.NaN);
    }
  }
}

describe("the figures of groups and hosts", () => {
  it("CG-12 used and free are allocatable times oversubscription for each resource, while clusters come and go", async () => {
    await eventually(() => expectFigures(0));
    for (const name of ["a", "b", "c"]) expect((await create(name)).statusCode).toBe(201);
    await eventually(() => expectFigures(3));
    await remove("b");
    await eventually(() => expectFigures(2));
  });

  it("HST-05 a host shows how many nested clusters it has, and lists give their names, sizes and states", async () => {
    const path = "/api/v1/projects/default/clusters/straight";
    expect((await create("straight", { host: "one" })).statusCode).toBe(201);
    await eventually(async () => expect((await get<NestedCluster>(path)).status?.host).toBe("one"));
    const { uid } = (await get<NestedCluster>(path)).metadata;
    await report("one", {
      clusters: [{ project: "default", name: "straight", uid, status: { phase: "Provisioning" } }],
    });
    await eventually(async () => {
      const there = await listed("?host=one");
      expect((await get<HostCluster>("/api/v1/hosts/one")).status?.clusters).toBe(there.length);
      const straight = there.find(({ metadata }) => metadata.name === "straight");
      expect(straight?.spec.size).toMatchObject({ cpu: "4", memory: "4Gi", storage: "2Gi" });
      expect(straight?.status?.phase).toBe("Provisioning");
      const all = await listed("");
      expect(there).toEqual(all.filter(({ status }) => status?.host === "one"));
    });
    await remove("straight");
    await eventually(async () => {
      const { status } = await get<HostCluster>("/api/v1/hosts/one");
      expect(status?.clusters).toBe((await listed("?host=one")).length);
    });
  });

  it("writes nothing while nothing changes, whatever the heartbeats", async () => {
    await eventually(() => expectFigures(2));
    await systemClock.sleep(1_500);
    const before = (await groupNow()).metadata.resourceVersion;
    for (const host of ["one", "two"]) {
      const heartbeat = new Date(Date.now() + 1_000).toISOString();
      const patch = { status: { heartbeat } };
      await test.admin.patch(hostClusters, { name: host }, patch, { type: "merge", subresource: "status" });
    }
    await systemClock.sleep(1_500);
    expect((await groupNow()).metadata.resourceVersion).toBe(before);
  });

  it("sets right what somebody else wrote", async () => {
    const patch = { status: { clusters: 77 } };
    await test.admin.patch(clusterGroups, { name: "both" }, patch, { type: "merge", subresource: "status" });
    await eventually(() => expectFigures(2));
  });
});

describe("a host whose agent is silent", () => {
  it("HST-06 is shown unhealthy and not offered, and nothing is placed on it", async () => {
    expect([await hostsBy(true), await hostsBy(false)]).toEqual([["one", "two"], ["local"]]);
    const heartbeat = new Date(Date.now() - 11 * 60_000).toISOString();
    const patch = { status: { heartbeat } };
    await test.admin.patch(hostClusters, { name: "two" }, patch, { type: "merge", subresource: "status" });
    await eventually(async () => {
      expect((await get<HostCluster>("/api/v1/hosts/two")).status?.phase).toBe("Unhealthy");
      const told = (await groupNow()).status?.hosts?.find(({ name }) => name === "two");
      expect(told).toMatchObject({
        eligible: false,
        reason: expect.stringMatching(/^its agent has been silent for 1[1-9] min$/),
      });
    });
    expect([await hostsBy(true), await hostsBy(false)]).toEqual([["one"], ["local", "two"]]);
    // The other has less room, and gets it.
    for (const name of ["d", "e", "f"]) expect((await create(name)).statusCode).toBe(201);
    await eventually(async () => {
      const hosts = (await listed("?group=both")).filter(({ metadata }) => ["d", "e", "f"].includes(metadata.name));
      expect(hosts.map(({ status }) => status?.host)).toEqual(["one", "one", "one"]);
    });
    // One that names it waits.
    expect((await create("straight", { host: "two" })).statusCode).toBe(201);
    await eventually(async () => {
      const { status } = await get<NestedCluster>("/api/v1/projects/default/clusters/straight");
      expect(status?.host).toBeUndefined();
      const placed = status?.conditions?.find(({ type }) => type === "Placed");
      expect(placed).toMatchObject({ status: "False", reason: "HostNotEligible" });
      expect(placed?.message).toMatch(/its agent has been silent for 1[1-9] min/);
    });
    await report("two", { host: { version: "v1.34.4", nodes: 1 } });
    await eventually(async () => {
      expect((await get<HostCluster>("/api/v1/hosts/two")).status?.phase).toBe("Running");
      expect((await groupNow()).status?.hosts?.find(({ name }) => name === "two")?.eligible).toBe(true);
      expect([await hostsBy(true), await hostsBy(false)]).toEqual([["one", "two"], ["local"]]);
    });
  });
});
