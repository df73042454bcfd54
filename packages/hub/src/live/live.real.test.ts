import { type ClusterGroup, clusterGroups, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { clusterBody, makeHost, makeProjects } from "../testing/two-projects.ts";
import { mostOfUser } from "./live-feed.ts";
import { type EventReader, readEvents } from "./testing/event-reader.ts";

let test: TestHub;
let admin: string;
let url: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  await makeProjects(test, admin, "red", "blue");
  await makeHost(test, admin, "edge");
  url = await test.listen();
  await test.bind("inkube:nested-cluster-viewer", "rosa", "red");
});
afterAll(() => test[Symbol.asyncDispose]());

async function create(project: string, name: string, labels: Record<string, string> = {}): Promise<void> {
  const made = await test.call(admin, "POST", `/api/v1/projects/${project}/clusters`, clusterBody(name, labels));
  expect(made.statusCode, made.body).toBe(201);
}

async function label(project: string, name: string, labels: Record<string, string | null>): Promise<void> {
  const patch = { metadata: { labels } };
  await test.admin.patch(nestedClusters, { namespace: project, name }, patch, { type: "merge" });
}

async function remove(project: string, name: string): Promise<void> {
  expect((await test.call(admin, "DELETE", `/api/v1/projects/${project}/clusters/${name}`)).statusCode).toBe(202);
}

const told = (reader: EventReader, ...expected: string[]) =>
  eventually(() => expect(reader.told).toEqual(expect.arrayContaining(expected)));
const synced = async (key: string, query = ""): Promise<EventReader> => {
  const reader = await eventually(() => readEvents(url, key, query));
  await told(reader, "synced");
  return reader;
};

describe("live updates", () => {
  it("are of what the caller may see: all at first, then what changes, and nothing of other projects", async () => {
    await using rosa = await synced(await test.keyFor("rosa"));
    await using all = await synced(admin);
    expect(rosa.told).toEqual(["added red/red-one", "synced"]);
    expect(rosa.events[0]).toMatchObject({ kind: "clusters", object: { spec: { size: { cpu: "1" } } } });
    expect(all.told.slice(0, 2).sort()).toEqual(["added blue/blue-one", "added red/red-one"]);
    await create("blue", "hidden");
    await create("red", "shown");
    await label("blue", "hidden", { a: "b" });
    await label("red", "shown", { a: "b" });
    await told(rosa, "added red/shown", "modified red/shown");
    await remove("blue", "hidden");
    await remove("red", "shown");
    await told(rosa, "deleted red/shown");
    await told(all, "added blue/hidden", "deleted blue/hidden", "added red/shown", "deleted red/shown");
    expect(JSON.stringify(rosa.events)).not.toMatch(/blue|hidden/);
    const gone = rosa.events.find(({ event }) => event === "deleted");
    expect(gone).toEqual({
      event: "deleted",
      kind: "clusters",
      object: { metadata: { name: "shown", namespace: "red", uid: expect.any(String) } },
    });
  });

  it("follow roles: what is not the caller's to see any more is told to be gone, and nothing of it comes later", async () => {
    await test.bind("inkube:nested-cluster-viewer", "vera", "blue");
    await using vera = await synced(await test.keyFor("vera"));
    await told(vera, "added blue/blue-one");
    await test.bind("inkube:nested-cluster-viewer", "vera", "red");
    await told(vera, "added red/red-one");
    const binding = { namespace: "blue", name: "inkube-nested-cluster-viewer-vera" };
    expect(await test.admin.delete(resources.rolebindings, binding)).toBe(true);
    await told(vera, "deleted blue/blue-one");
    const before = vera.told.length;
    await using all = await synced(admin);
    await label("blue", "blue-one", { quiet: "true" });
    await label("red", "red-one", { loud: "true" });
    await told(all, "modified blue/blue-one", "modified red/red-one");
    await told(vera, "modified red/red-one");
    expect(vera.told.slice(before).join()).not.toContain("blue");
  });

  it("show a project that is made while they run", async () => {
    await using all = await synced(admin);
    await makeProjects(test, admin, "green");
    await told(all, "added green/green-one");
  });

  it("are narrowed as lists are; what begins or ceases to fit comes and goes", async () => {
    await using gold = await synced(admin, "?project=red&label=tier%3Dgold");
    expect(gold.told).toEqual(["synced"]);
    await label("red", "red-one", { tier: "gold" });
    await label("blue", "blue-one", { tier: "gold" });
    await told(gold, "added red/red-one");
    await label("red", "red-one", { tier: "tin" });
    await told(gold, "deleted red/red-one");
    expect(gold.told.join()).not.toContain("blue");
    for (const query of [
      "?label=a%20b",
      "?kind=secrets",
      "?kind=hosts&kind=secrets",
      "?project=..",
      "?project=red&project=blue",
    ]) {
      const answer = await test.call(admin, "GET", `/api/v1/watch${query}`);
      expect([400, 422], query).toContain(answer.statusCode);
    }
  });

  it("are of hosts and groups too, several kinds in one", async () => {
    await using both = await synced(admin, "?kind=hosts&kind=groups&group=mine");
    await told(both, "added edge");
    await using rosa = await synced(await test.keyFor("rosa"), "?kind=groups");
    const spec = { hosts: [{ name: "edge" }], distro: "k8s", projects: ["blue"] };
    for (const name of ["mine", "other"]) {
      const made = await test.call(admin, "POST", "/api/v1/groups", { metadata: { name }, spec });
      expect(made.statusCode, made.body).toBe(201);
    }
    await told(both, "added mine");
    expect(both.told).not.toContain("added other");
    // Of a group that becomes everybody's members hear from then on.
    const patch = { spec: { projects: null } };
    await test.admin.patch(clusterGroups, { name: "mine" }, patch, { type: "merge" });
    await told(rosa, "added mine");
    const group = rosa.events.find(({ event }) => event === "added")?.object as unknown as ClusterGroup;
    expect(group.spec.projects).toBeUndefined();
    expect(rosa.told.join()).not.toContain("other");
  });

  it("go to hundreds at once, and leave nothing behind when they end", async () => {
    const people = Array.from({ length: 40 }, (_, index) => `person-${index}`);
    const streams = await Promise.all(
      people.flatMap((person) =>
        Array.from({ length: 5 }, async () =>
          synced(await test.keyFor(person, ["inkube:administrators"]), "?project=red"),
        ),
      ),
    );
    await label("red", "red-one", { everybody: "hears" });
    for (const stream of streams) await told(stream, "modified red/red-one");
    await Promise.all(streams.map((stream) => stream[Symbol.asyncDispose]()));
    // Places of those who left are free again, up to the limit of one user.
    const key = await test.keyFor("greedy");
    for (let round = 0; round < 2; round += 1) {
      const some = await Promise.all(Array.from({ length: mostOfUser }, () => eventually(() => readEvents(url, key))));
      await expect(readEvents(url, key)).rejects.toThrow("Status 429");
      await Promise.all(some.map((stream) => stream[Symbol.asyncDispose]()));
    }
  });
});
