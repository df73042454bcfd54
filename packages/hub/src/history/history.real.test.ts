import { agentPaths, apiVersion, hostClusters, type NestedCluster, nestedClusters } from "@inkube/api";
import { createWatchCache, resources, systemClock } from "@inkube/kube";
import { collectingLogger, FakeClock } from "@inkube/kube/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { clusterBody, makeHost, makeProjects } from "../testing/two-projects.ts";
import { keepUsage } from "./keep-usage.ts";

let test: TestHub;
let admin: string;
let agent: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  await makeProjects(test, admin, "red", "blue");
  await makeHost(test, admin, "edge");
  agent = (await test.credentials.issue({ kind: "host", subject: "edge", name: "edge" })).token;
  await report({ host: { version: "v1.34.4", nodes: 1 } });
  await test.bind("inkube:nested-cluster-viewer", "rosa", "red");
});
afterAll(() => test[Symbol.asyncDispose]());

interface Event {
  uid: string;
  host: string;
  project: string | null;
  cluster: string | null;
  reason: string;
  type: string;
  lastTime: string;
}

async function report(body: object): Promise<void> {
  expect((await test.call(agent, "POST", agentPaths.report, body)).statusCode).toBe(200);
}

/** Every event that a caller sees, over pages. */
async function eventsFor(key: string, query = "", limit = 100): Promise<Event[]> {
  const items: Event[] = [];
  for (let next = ""; ; ) {
    const answer = await test.call(key, "GET", `/api/v1/events?limit=${limit}${query}${next}`);
    expect(answer.statusCode, answer.body).toBe(200);
    const page = answer.json() as { items: Event[]; continue?: string };
    items.push(...page.items);
    if (page.continue === undefined) return items;
    next = `&continue=${encodeURIComponent(page.continue)}`;
  }
}

const reasonsOf = (events: readonly Event[]): string[] => events.map(({ reason }) => reason);
const clusterPath = (project: string, name: string) => `/api/v1/projects/${project}/clusters/${name}`;

/** Makes a nested cluster on the host, lets it become ready, and deletes it. */
async function wholeLife(project: string, name: string): Promise<void> {
  const body = { ...clusterBody(name), spec: { ...clusterBody(name).spec, host: "edge" } };
  expect((await test.call(admin, "POST", `/api/v1/projects/${project}/clusters`, body)).statusCode).toBe(201);
  const object = await eventually(async () => {
    const found = (await test.call(admin, "GET", clusterPath(project, name))).json() as NestedCluster;
    expect(found.status?.host).toBe("edge");
    return found;
  });
  const { uid } = object.metadata;
  const ready = {
    type: "Ready",
    status: "True",
    reason: "Ready",
    message: "Everything that was asked for is running.",
    observedGeneration: 1,
    lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
  };
  await report({ clusters: [{ project, name, uid, status: { phase: "Ready", conditions: [ready] } }] });
  await eventually(async () => expect(reasonsOf(await eventsFor(admin, `&cluster=${name}`))).toContain("Ready"));
  expect((await test.call(admin, "DELETE", clusterPath(project, name))).statusCode).toBe(202);
  await report({ clusters: [{ project, name, uid, gone: true }] });
  await eventually(async () => expect(reasonsOf(await eventsFor(admin, `&cluster=${name}`))).toContain("Deleted"));
}

describe("the history of nested clusters and hosts", () => {
  it("tells the whole life of a nested cluster, newest first, by project, cluster, type and time", async () => {
    const before = new Date().toISOString();
    await wholeLife("red", "short");
    const events = await eventsFor(admin, "&project=red&cluster=short");
    // Ready is told as a phase and as a condition; phases on the way may be passed over.
    expect(reasonsOf(events)).toEqual(expect.arrayContaining(["Created", "Placed", "Ready", "Deleting", "Deleted"]));
    expect(events.map(({ lastTime }) => lastTime)).toEqual(
      events
        .map(({ lastTime }) => lastTime)
        .sort()
        .reverse(),
    );
    for (const one of events) expect(one).toMatchObject({ project: "red", cluster: "short" });
    expect(new Set(await eventsFor(admin, "&project=red&cluster=short", 1))).toEqual(new Set(events));
    expect(await eventsFor(admin, "&cluster=short&type=Warning")).toEqual([]);
    const newer = await eventsFor(admin, `&since=${before}`);
    expect(reasonsOf(newer)).toContain("Deleted");
    expect(newer.every(({ lastTime }) => lastTime >= before)).toBe(true);
    expect(await eventsFor(admin, "&since=2999-01-01T00:00:00Z")).toEqual([]);
    expect((await test.call(admin, "GET", "/api/v1/events?since=yesterday")).statusCode).toBe(422);
  });

  it("tells of hosts when they join, fall silent and come back", async () => {
    const heartbeat = new Date(Date.now() - 11 * 60_000).toISOString();
    const patch = { status: { heartbeat } };
    await test.admin.patch(hostClusters, { name: "edge" }, patch, { type: "merge", subresource: "status" });
    await eventually(async () => expect(reasonsOf(await eventsFor(admin, "&host=edge"))).toContain("Unhealthy"));
    await report({ host: { version: "v1.34.4", nodes: 1 } });
    await eventually(async () => {
      const events = (await eventsFor(admin, "&host=edge")).filter(({ project }) => project === null);
      expect(reasonsOf(events)).toEqual(["Running", "Unhealthy", "Running", "Created"]);
    });
  });

  it("is not told again by whoever leads next", async () => {
    // What is told of now may still be on its way.
    await systemClock.sleep(1_500);
    const before = await eventsFor(admin);
    const replica = await test.replica();
    const stop = new AbortController();
    const leading = replica.lead(stop.signal);
    await makeOne("blue", "sign");
    await systemClock.sleep(1_500);
    stop.abort();
    await leading;
    await replica.stop();
    const after = await eventsFor(admin);
    expect(after.filter(({ cluster }) => cluster !== "sign")).toEqual(before);
    const created = after.filter(({ cluster, reason }) => cluster === "sign" && reason === "Created");
    expect(created).toHaveLength(1);
  });
});

/** Makes one that stays, and waits until its history is there. */
async function makeOne(project: string, name: string): Promise<void> {
  expect((await test.call(admin, "POST", `/api/v1/projects/${project}/clusters`, clusterBody(name))).statusCode).toBe(
    201,
  );
  await eventually(async () => expect(await eventsFor(admin, `&cluster=${name}`)).not.toEqual([]));
}

describe("who sees the history", () => {
  it("members see that of their project, from the time when it was made", async () => {
    const rosa = await test.keyFor("rosa");
    const old = { uid: "old", type: "Normal", reason: "Old", message: "", component: "test", count: 1 } as const;
    const namesake = { firstTime: 1, lastTime: 1, host: "", project: "red", cluster: "red-one" };
    await test.store.events.record([{ ...old, ...namesake }]);
    expect(reasonsOf(await eventsFor(admin, "&project=red"))).toContain("Old");
    const seen = await eventsFor(rosa);
    expect(seen.filter(({ project }) => project !== null).length).toBeGreaterThan(0);
    for (const { project } of seen) expect([null, "red"]).toContain(project);
    expect(reasonsOf(seen)).not.toContain("Old");
    expect(await eventsFor(rosa, "&project=blue")).toEqual([]);
    expect(await eventsFor(await test.keyFor("nobody"))).toEqual([]);
  });

  it("members who lose their role see nothing any more", async () => {
    await test.bind("inkube:nested-cluster-viewer", "gone", "red");
    const key = await test.keyFor("gone");
    await eventually(async () => expect(await eventsFor(key)).not.toEqual([]));
    const binding = { namespace: "red", name: "inkube-nested-cluster-viewer-gone" };
    expect(await test.admin.delete(resources.rolebindings, binding)).toBe(true);
    await eventually(async () => expect(await eventsFor(key)).toEqual([]));
  });
});

describe("usage", () => {
  const hourMs = 3_600_000;

  it("is kept by the hour, and seen by whoever sees the nested cluster", async () => {
    const rosa = await test.keyFor("rosa");
    const cache = createWatchCache({
      client: test.admin,
      type: nestedClusters,
      clock: systemClock,
      random: Math.random,
      logger: collectingLogger(),
    });
    cache.start();
    for (const project of ["red", "blue"]) {
      const object = { apiVersion, kind: "NestedCluster", metadata: { namespace: project, name: `${project}-one` } };
      const applied = { ...object, status: { host: "edge", syncer: { pods: 3 } } };
      await test.admin.apply(nestedClusters, applied, { fieldManager: "test", force: true, subresource: "status" });
    }
    await eventually(() =>
      expect(
        [...cache.list()].filter(({ status }) => (status as NestedCluster["status"])?.syncer?.pods === 3),
      ).toHaveLength(2),
    );
    // Hours that begin before the project was made are not its members' to see.
    const start = Math.ceil((Date.now() + 1) / hourMs) * hourMs;
    const clock = new FakeClock(start);
    const stop = new AbortController();
    const kept = keepUsage({
      view: { clusters: cache },
      usage: test.store.usage,
      clock,
      logger: collectingLogger(),
      signal: stop.signal,
    });
    await clock.advance(30_000);
    for (let minute = 0; minute < 2; minute += 1) {
      await clock.advance(60_000);
      await eventually(() => expect(clock.sleeping).toBe(1));
    }
    stop.abort();
    await kept;
    await cache.stop();
    const from = new Date(start).toISOString();
    const usageFor = async (key: string, query = "") => {
      const answer = await test.call(key, "GET", `/api/v1/usage?from=${from}${query}`);
      expect(answer.statusCode, answer.body).toBe(200);
      return answer.json().items as { project: string; cluster: string; samples: number }[];
    };
    const red = {
      project: "red",
      cluster: "red-one",
      host: "edge",
      from,
      cpuCoreSeconds: 120,
      memoryByteSeconds: 120 * 2 ** 30,
      storageByteSeconds: 120 * 2 ** 30,
      podSeconds: 360,
      samples: 2,
    };
    expect(await usageFor(rosa)).toEqual([red]);
    expect(await usageFor(rosa, "&project=blue")).toEqual([]);
    expect((await usageFor(admin)).map(({ cluster }) => cluster)).toEqual(
      expect.arrayContaining(["blue-one", "red-one"]),
    );
    expect(await usageFor(admin, "&project=red&cluster=red-one")).toEqual([red]);
    expect(await usageFor(admin, `&to=${from}`)).toEqual([]);
  });
});
