import { clusterGroups, names, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { administrators } from "../auth/principal.ts";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import {
  accepted,
  type Caller,
  callerOf,
  cluster,
  group,
  makeHost,
  removeCluster,
  size,
  tryCreate,
  tryPatch,
} from "./testing/scene.ts";

const settings = "/api/v1/settings/user-quota";
const defaults = {
  enabled: false,
  clusters: 2,
  cpu: 12,
  memoryGiB: 16,
  storageGiB: 20,
  separateGroups: [],
  hideSeparateGroups: false,
};
/** Of the example in the documentation that these tests follow. */
const example = { enabled: true, clusters: 4, cpu: 20, memoryGiB: 32, storageGiB: 60, separateGroups: ["system"] };
const limits = { cpu: "8", memory: "12Gi", storage: "12Gi" };
const large = { cpu: "100", memory: "100Gi", storage: "100Gi" };

let test: TestHub;
let root: Caller;
beforeAll(async () => {
  test = await startTestHub();
  root = await callerOf(test, "root", [administrators]);
  await makeHost(test, "edge", {}, 1000);
  for (const object of [
    group("main", ["edge"], { limits }),
    group("wide", ["edge"], { limits: large }),
    group("system", ["edge"], { limits: large }),
  ]) {
    expect(await tryCreate(test, root, clusterGroups, object)).toEqual(accepted);
  }
});
afterAll(async () => {
  await root?.client.close();
  await test?.[Symbol.asyncDispose]();
});

/** A user who may create nested clusters in two projects. */
async function developer(name: string): Promise<Caller> {
  for (const project of ["default", "other"]) await test.bind("inkube:nested-cluster-admin", name, project);
  const caller = await callerOf(test, name);
  await eventually(() => caller.client.list(nestedClusters, { namespace: "other" }));
  return caller;
}

const create = (who: Caller, name: string, spec: object, namespace?: string) =>
  tryCreate(test, who, nestedClusters, cluster(name, spec, namespace));

describe("DEV-01 the quota of each user", () => {
  it("is off at first, with defaults", async () => {
    const answer = await test.call(root.key, "GET", settings);
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json()).toEqual(defaults);
    expect((await test.call(root.key, "POST", "/api/v1/projects", { name: "other" })).statusCode).toBe(201);
  });

  const outOfBounds: [string, object][] = [
    ["clusters", { clusters: 0 }],
    ["clusters", { clusters: 1001 }],
    ["cpu", { cpu: 3 }],
    ["cpu", { cpu: 1001 }],
    ["memoryGiB", { memoryGiB: 3 }],
    ["storageGiB", { storageGiB: 1 }],
    ["storageGiB", { storageGiB: 100_001 }],
    ["cpu", { cpu: 4.5 }],
  ];
  it.each(outOfBounds)("%s is bounded: %j", async (field, change) => {
    const answer = await test.call(root.key, "PUT", settings, { ...defaults, ...change });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().error.fields).toMatchObject([{ field }]);
    expect((await test.call(root.key, "GET", settings)).json()).toEqual(defaults);
  });

  it("is set by administrators only, and seen by them", async () => {
    const dora = await developer("dora");
    for (const method of ["GET", "PUT"] as const) {
      const answer = await test.call(dora.key, method, settings, method === "PUT" ? example : undefined);
      expect(answer.statusCode).toBe(403);
    }
    await dora.client.close();
  });

  it("limits a user to 2 nested clusters and 12 CPU when it is turned on, and administrators to nothing", async () => {
    const set = await test.call(root.key, "PUT", settings, { ...defaults, enabled: true });
    expect(set.statusCode, set.body).toBe(200);
    const anna = await developer("anna");
    expect(await create(anna, "a1", { group: "main" })).toEqual(accepted);
    const cpu = await create(anna, "a2", { group: "wide", size: size(9, 4, 2) }, "other");
    expect(cpu).toMatchObject({ status: 403, fields: [{ field: "spec.size.cpu" }] });
    expect(cpu.fields[0]?.message).toContain(
      "User anna has 4 cpu of 12 cpu in other nested clusters; 9 cpu more is 1 cpu too much",
    );
    expect(await create(anna, "a2", { group: "main" }, "other")).toEqual(accepted);
    const third = await create(anna, "a3", { host: "edge", size: size(1, 1, 1) });
    expect(third).toMatchObject({ status: 403, fields: [{ field: "metadata.name" }] });
    expect(third.fields[0]?.message).toContain("User anna has 2 of 2 nested clusters");
    for (const name of ["r1", "r2", "r3"]) expect(await create(root, name, { group: "main" })).toEqual(accepted);
    await eventually(async () => {
      const usage = await test.call(anna.key, "GET", "/api/v1/me/usage");
      expect(usage.json()).toMatchObject({
        limited: true,
        budget: {
          clusters: { used: 2, allowed: 2, free: 0 },
          cpu: { used: 8, allowed: 12, free: 4 },
          memory: { used: 8 * 2 ** 30, allowed: 16 * 2 ** 30 },
        },
      });
    });
    expect((await test.call(root.key, "GET", "/api/v1/me/usage")).json()).toMatchObject({ limited: false });
    await anna.client.close();
  });

  it("never lets two that come at once take the same part of it", async () => {
    const zoe = await developer("zoe");
    const names = ["z1", "z2", "z3", "z4", "z5"];
    const attempts = await Promise.allSettled(
      names.map((name) => zoe.client.create(nestedClusters, cluster(name, { group: "main" }))),
    );
    expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    await zoe.client.close();
  });

  it("answers a create that is sent again as the first time, though the quota is full", async () => {
    const ida = await developer("ida");
    const path = "/api/v1/projects/default/clusters";
    const body = cluster("i2", { group: "main" });
    expect(await create(ida, "i1", { group: "main" })).toEqual(accepted);
    for (const status of [201, 200]) {
      const answer = await test.call(ida.key, "POST", path, body, { "idempotency-key": "once" });
      expect(answer.statusCode, answer.body).toBe(status);
    }
    await ida.client.close();
  });

  it("stops users, not administrators, while nonsense is written there", async () => {
    const ref = { namespace: names.systemNamespace, name: "hub-settings" };
    const write = (userQuota: string) =>
      test.admin.patch(resources.configmaps, ref, { data: { userQuota } }, { type: "merge" });
    await write('{"enabled":true,"cpu":1}');
    const eve = await developer("eve");
    const answer = await test.call(eve.key, "POST", "/api/v1/projects/default/clusters", cluster("e1"));
    // What a Kubernetes API cannot do now is 502 of the hub.
    expect(answer.statusCode).toBe(502);
    expect(answer.json().error.message).toContain(
      "userQuota of ConfigMap inkube-system/hub-settings cannot be used: cpu: Too small",
    );
    expect(await create(root, "r4", { group: "main" })).toEqual(accepted);
    await eve.client.close();
  });
});

describe("DEV-02 by the example of 4 nested clusters, 20 CPU, 32 GiB and 60 GiB", () => {
  beforeAll(async () => {
    expect((await test.call(root.key, "PUT", settings, example)).statusCode).toBe(200);
  });

  const resize = (who: Caller, name: string, cpu: string) =>
    tryPatch(test, who, nestedClusters, { name, namespace: "default" }, { spec: { size: { cpu } } });

  it("Q1: with 8/12/20 of it taken, 8/12/12 is accepted and 8/12/20 breaks the group's limit", async () => {
    const quinn = await developer("q-one");
    expect(await create(quinn, "q1a", { group: "wide", size: size(8, 12, 20) })).toEqual(accepted);
    const strict = await create(quinn, "q1b", { group: "main", size: size(8, 12, 20) });
    expect(strict).toMatchObject({ status: 422, fields: [{ field: "spec.size.storage" }] });
    expect(strict.fields[0]?.message).toContain("storage 20Gi is above the limit of 12Gi");
    expect(await create(quinn, "q1b", { group: "main", size: size(8, 12, 12) })).toEqual(accepted);
    await quinn.client.close();
  });

  it("Q2 Q3: with 4 nested clusters another is refused by number, and accepted in a group with its own budget", async () => {
    const quinn = await developer("q-two");
    for (const name of ["q2a", "q2b", "q2c", "q2d"])
      expect(await create(quinn, name, { host: "edge" })).toEqual(accepted);
    const fifth = await create(quinn, "q2e", { group: "main", size: size(4, 8, 4) });
    expect(fifth).toMatchObject({ status: 403, fields: [{ field: "metadata.name" }] });
    expect(await create(quinn, "q2e", { group: "system", size: size(4, 8, 4) })).toEqual(accepted);
    await eventually(async () => {
      const usage = (await test.call(quinn.key, "GET", "/api/v1/me/usage")).json();
      expect(usage).toMatchObject({ budget: { clusters: { used: 4 } }, separate: { clusters: { used: 1, free: 3 } } });
    });
    await quinn.client.close();
  });

  it("Q4: one of 20/32/60 is accepted, then anything is refused, until it is gone", async () => {
    const quinn = await developer("q-four");
    expect(await create(quinn, "q4a", { group: "wide", size: size(20, 32, 60) })).toEqual(accepted);
    const second = await create(quinn, "q4b", { group: "main", size: size(4, 4, 2) });
    expect(second.status).toBe(403);
    expect(second.fields.map(({ field }) => field)).toEqual(["spec.size.cpu", "spec.size.memory", "spec.size.storage"]);
    await removeCluster(test, "q4a");
    expect(await create(quinn, "q4b", { group: "main", size: size(4, 4, 2) })).toEqual(accepted);
    await quinn.client.close();
  });

  it("Q5: 4 to 6 CPU with 1 CPU left is refused, also for another who may edit, and the old size stays", async () => {
    const quinn = await developer("q-five");
    const editor = await developer("q-editor");
    expect(await create(quinn, "q5a", { group: "main" })).toEqual(accepted);
    expect(await create(quinn, "q5b", { group: "wide", size: size(15, 4, 2) })).toEqual(accepted);
    for (const who of [quinn, editor]) {
      const refused = await resize(who, "q5a", "6");
      expect(refused).toMatchObject({ status: 403, fields: [{ field: "spec.size.cpu" }] });
      expect(refused.fields[0]?.message).toContain("User q-five has 15 cpu of 20 cpu");
    }
    expect(await resize(quinn, "q5a", "5")).toEqual(accepted);
    expect(await resize(root, "q5a", "6")).toEqual(accepted);
    const less = await test.call(root.key, "PUT", settings, { ...example, cpu: 10 });
    expect(less.statusCode).toBe(200);
    expect(await resize(quinn, "q5a", "5")).toEqual(accepted);
    await Promise.all([quinn, editor].map(({ client }) => client.close()));
  });
});
