import { clusterGroups, names, nestedClusters } from "@inkube/api";
import { isKubeError, resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  accepted,
  type Caller,
  callerOf,
  cluster,
  group,
  makeHost,
  size,
  tryCreate,
  tryPatch,
} from "../admission/testing/scene.ts";
import { administrators } from "../auth/principal.ts";
import { type EventReader, readEvents } from "../live/testing/event-reader.ts";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";

const quota = { enabled: false, clusters: 2, cpu: 12, memoryGiB: 16, storageGiB: 20, separateGroups: ["system"] };

let test: TestHub;
let root: Caller;
let dora: Caller;
let vera: Caller;
beforeAll(async () => {
  test = await startTestHub();
  root = await callerOf(test, "root", [administrators]);
  await makeHost(test, "edge", {}, 1000);
  for (const name of ["main", "system"]) {
    expect(await tryCreate(test, root, clusterGroups, group(name, ["edge"]))).toEqual(accepted);
  }
  await test.bind("inkube:nested-cluster-admin", "dora", "default");
  await test.bind("inkube:group-viewer", "vera");
  [dora, vera] = await Promise.all([callerOf(test, "dora"), callerOf(test, "vera")]);
  await eventually(() => dora.client.list(nestedClusters, { namespace: "default" }));
});
afterAll(async () => {
  await Promise.all([root, dora, vera].map((caller) => caller?.client.close()));
  await test?.[Symbol.asyncDispose]();
});

async function hide(hideSeparateGroups: boolean, query = ""): Promise<void> {
  const body = { ...quota, hideSeparateGroups };
  const answer = await test.call(root.key, "PUT", `/api/v1/settings/user-quota${query}`, body);
  expect(answer.statusCode, answer.body).toBe(200);
}

/** Until this is what somebody finds to choose from. */
const finds = (who: Caller, ...groups: string[]) =>
  eventually(async () => {
    const answer = (await test.call(who.key, "GET", "/api/v1/groups")).json();
    const found = answer.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
    expect([answer.total, found]).toEqual([groups.length, groups]);
  });
const told = (reader: EventReader, ...expected: string[]) => eventually(() => expect(reader.told).toEqual(expected));

describe("DEV-02 groups with the second budget, when they are hidden", () => {
  it("are in no list and no live updates of people who have no role on groups, until they are shown again", async () => {
    await hide(false);
    await finds(dora, "main", "system");
    await using reader = await readEvents(await test.listen(), dora.key, "?kind=groups");
    await eventually(() => expect(reader.told).toContain("synced"));
    const before = [...reader.told];
    await hide(true, "?dryRun=true");
    await hide(true);
    await finds(dora, "main");
    await told(reader, ...before, "deleted system");
    for (const who of [root, vera]) await finds(who, "main", "system");
    const read = await test.call(dora.key, "GET", "/api/v1/groups/system");
    expect(read.statusCode).toBe(403);
    await hide(false);
    await finds(dora, "main", "system");
    await told(reader, ...before, "deleted system", "added system");
  });

  it("take nothing new of anybody but administrators, by kubectl neither; what is there stays and may grow", async () => {
    await hide(false);
    const there = cluster("there", { group: "system" });
    expect(await tryCreate(test, dora, nestedClusters, there)).toEqual(accepted);
    await hide(true);
    const refused = await tryCreate(test, dora, nestedClusters, cluster("fresh", { group: "system" }));
    expect(refused).toMatchObject({ status: 422, fields: [{ field: "spec.group" }] });
    expect(refused.fields[0]?.message).toContain("There is no group system for you");
    expect(await tryCreate(test, dora, nestedClusters, cluster("fresh", { group: "main" }))).toEqual(accepted);
    expect(await tryCreate(test, root, nestedClusters, cluster("ours", { group: "system" }))).toEqual(accepted);
    const ref = { name: "there", namespace: "default" };
    expect(await tryPatch(test, dora, nestedClusters, ref, { spec: { size: size(5, 4, 2) } })).toEqual(accepted);
  });

  it("do not show because somebody wrote nonsense there", async () => {
    await hide(true);
    const ref = { namespace: names.systemNamespace, name: "hub-settings" };
    const patch = { data: { userQuota: '{"hideSeparateGroups":"yes"}' } };
    await test.admin.patch(resources.configmaps, ref, patch, { type: "merge" });
    await eventually(async () => {
      const answer = await test.call(dora.key, "GET", "/api/v1/groups");
      expect(answer.statusCode, answer.body).toBe(422);
      expect(answer.json().error.message).toContain("userQuota of ConfigMap inkube-system/hub-settings cannot be used");
    });
    await finds(root, "main", "system");
    await hide(true);
    await finds(dora, "main");
  });

  it("cannot be listed past the hub by those whom it hides them from", async () => {
    const direct = await dora.client.list(clusterGroups).catch((error: unknown) => error);
    expect(isKubeError(direct, "forbidden")).toBe(true);
  });
});
