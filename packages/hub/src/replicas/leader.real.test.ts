import { agentPaths, type NestedCluster, names, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Hub } from "../hub.ts";
import { startPostgres } from "../store/testing/postgres-server.ts";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { clusterBody, makeHost } from "../testing/two-projects.ts";

const cleanUp = new AsyncDisposableStack();
let test: TestHub;
let admin: string;
let other: Hub;
let agent: string;
beforeAll(async () => {
  const postgres = cleanUp.use(await startPostgres());
  const { url } = await postgres.fresh();
  test = cleanUp.use(await startTestHub({ elected: true, storeUrl: url }));
  admin = await test.adminKey();
  other = await test.replica();
  const stop = new AbortController();
  const competing = other.compete(stop.signal);
  cleanUp.defer(async () => {
    stop.abort();
    await competing;
    await other.stop();
  });
  await makeHost(test, admin, "edge");
  ({ token: agent } = await test.credentials.issue({ kind: "host", subject: "edge", name: "edge" }));
});
// Nothing is placed on a host that has been silent for some minutes.
beforeEach(async () => {
  const capacity = { cpu: "16", memory: "64Gi", "ephemeral-storage": "100Gi" };
  const host = { version: "v1.34.4", nodes: 1, capacity, access: "full" };
  await eventually(async () => {
    expect((await test.call(agent, "POST", agentPaths.report, { host })).statusCode).toBe(200);
  });
});
afterAll(() => cleanUp.disposeAsync());

/** Through either replica: both take requests, whoever leads. */
async function create({ server }: Hub, name: string): Promise<void> {
  const body = clusterBody(name);
  const answer = await server.inject({
    method: "POST",
    url: "/api/v1/projects/default/clusters",
    headers: { authorization: `Bearer ${admin}` },
    payload: { ...body, spec: { ...body.spec, host: "edge" } },
  });
  expect(answer.statusCode, answer.body).toBe(201);
}

async function whenPlaced(name: string): Promise<void> {
  await eventually(async () => {
    const object = (await test.admin.get(nestedClusters, { namespace: "default", name })) as NestedCluster | undefined;
    expect(object?.status?.host).toBe("edge");
  });
}

async function leader(): Promise<string | undefined> {
  const lease = await test.admin.get(resources.leases, { namespace: names.systemNamespace, name: names.hub });
  return (lease?.spec as { holderIdentity?: string } | undefined)?.holderIdentity;
}

/** How often each line of this kind was written, by nested cluster. */
function placements(): Record<string, number> {
  const told = test.log.entries.filter(({ message }) => message === "Placed nested cluster");
  const counts: Record<string, number> = {};
  for (const { fields } of told) counts[String(fields.cluster)] = (counts[String(fields.cluster)] ?? 0) + 1;
  return counts;
}

const isLeading = (hub: Hub): boolean => hub.metrics().includes("\ninkube_hub_leader 1\n");

describe("the leader among the replicas", () => {
  it("is one, and does the leader's work for whatever came through any of them", async () => {
    for (const [index, hub] of [test.hub, other, test.hub].entries()) await create(hub, `early-${index}`);
    for (const index of [0, 1, 2]) await whenPlaced(`early-${index}`);
    expect([await leader(), isLeading(test.hub), isLeading(other)]).toEqual(["hub-0", true, false]);
  });

  it("hands over when it stops: nothing waits for ever, and nothing is done twice", async () => {
    await create(other, "before");
    await test.resign();
    for (const [index, hub] of [test.hub, other].entries()) await create(hub, `late-${index}`);
    for (const name of ["before", "late-0", "late-1"]) await whenPlaced(name);
    expect([await leader(), isLeading(test.hub), isLeading(other)]).toEqual(["hub-1", false, true]);
    const every = ["early-0", "early-1", "early-2", "before", "late-0", "late-1"].map((name) => `default/${name}`);
    // One that resigned in the middle of a placement does not hear that it was written, and says nothing of it.
    const counts = Object.entries(placements()).filter(([key]) => key !== "default/before");
    expect(new Map(counts)).toEqual(new Map(every.filter((key) => key !== "default/before").map((key) => [key, 1])));
    expect(placements()["default/before"] ?? 0).toBeLessThanOrEqual(1);
    await eventually(async () => {
      const { items } = (await test.call(admin, "GET", "/api/v1/events?limit=100")).json() as {
        items: { cluster: string | null; reason: string }[];
      };
      for (const reason of ["Created", "Placed"]) {
        const told = items.filter((event) => event.cluster !== null && event.reason === reason);
        expect(told.map(({ cluster }) => `default/${cluster}`).toSorted()).toEqual(every.toSorted());
      }
    });
  });

  it("and the others tell the same history", async () => {
    const told = async ({ server }: Hub, what: string): Promise<string[]> => {
      const headers = { authorization: `Bearer ${admin}` };
      const answer = await server.inject({ method: "GET", url: `/api/v1/${what}?limit=100`, headers });
      expect(answer.statusCode, answer.body).toBe(200);
      return (answer.json() as { items: object[] }).items.map((item) => JSON.stringify(item));
    };
    await eventually(async () => {
      const audit = await told(test.hub, "audit");
      // One through each replica.
      for (const name of ["late-0", "late-1"]) expect(audit.filter((line) => line.includes(name))).toHaveLength(1);
      expect(await told(other, "audit")).toEqual(audit);
      expect(await told(other, "events")).toEqual(await told(test.hub, "events"));
    });
  });

  it("leaves one first administrator's token behind, and one connection of the host beside the hub", async () => {
    const first = test.credentials;
    first.start();
    await first.whenSynced();
    expect([first.list("first-admin").length, first.list("import", names.localHost).length]).toEqual([1, 1]);
    await first.stop();
  });
});
