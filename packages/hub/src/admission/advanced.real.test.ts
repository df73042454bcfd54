import { clusterGroups, nestedClusters } from "@inkube/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { administrators } from "../auth/principal.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import {
  accepted,
  type Caller,
  callerOf,
  cluster,
  group,
  makeHost,
  tryCreate,
  tryPatch,
  whenPlaced,
} from "./testing/scene.ts";

let test: TestHub;
let root: Caller;
let tenant: Caller;
beforeAll(async () => {
  test = await startTestHub();
  root = await callerOf(test, "root", [administrators]);
  tenant = await callerOf(test, "tenant");
  await test.bind("inkube:nested-cluster-admin", "tenant", "default");
  await test.bind("inkube:group-viewer", "tenant");
  await makeHost(test, "edge", {}, 100);
});
afterAll(async () => {
  await Promise.all([root?.client.close(), tenant?.client.close()]);
  await test?.[Symbol.asyncDispose]();
});

const advanced = {
  openshift: true,
  resourceQuota: false,
  podSecurity: "restricted",
  controlPlane: { resources: { requests: { cpu: "100m" }, limits: { memory: "1Gi" } } },
};
const specOf = async (name: string) =>
  (await test.admin.get(nestedClusters, { name, namespace: "default" }))?.spec as { advanced?: object } | undefined;
const make = (caller: Caller, name: string, spec: object) =>
  tryCreate(test, caller, nestedClusters, cluster(name, { group: "main", ...spec }));
const change = (caller: Caller, name: string, spec: object) =>
  tryPatch(test, caller, nestedClusters, { name, namespace: "default" }, { spec });

describe("the domain of a group's host", () => {
  const domain = "*.own.example.test";
  const endpoint = { type: "Ingress", domain: "*.edge.example.test" };

  it("CG-03 is what a nested cluster gets that is placed there, and no tenant names another", async () => {
    await makeHost(test, "ingress", { endpoint }, 100);
    const named = group("named", ["ingress"], { endpointType: "Ingress", hosts: [{ name: "ingress", domain }] });
    expect(await tryCreate(test, root, clusterGroups, named)).toEqual(accepted);
    const place = (name: string, spec: object = {}) =>
      tryCreate(test, tenant, nestedClusters, cluster(name, { group: "named", ...spec }));
    const stolen = await place("stolen", { endpoint: { domain: "*.somebody.example.test" } });
    expect(stolen).toMatchObject({ status: 403, fields: [{ field: "spec.endpoint.domain" }] });
    expect(await place("housed")).toEqual(accepted);
    await whenPlaced(test, "housed");
    expect(await specOf("housed")).toMatchObject({ endpoint: { type: "Ingress", domain } });
    const moved = await change(tenant, "housed", { endpoint: { domain: null } });
    expect(moved).toMatchObject({ status: 403, fields: [{ field: "spec.endpoint.domain" }] });
  });
});

describe("advanced values of a group", () => {
  it("CG-10 are judged where they are written, by field", async () => {
    const refused: [object, string][] = [
      [
        { controlPlane: { resources: { requests: { cpu: "much" } } } },
        "spec.advanced.controlPlane.resources.requests.cpu",
      ],
      [
        { controlPlane: { resources: { limits: { memory: "1Mi" } } } },
        "spec.advanced.controlPlane.resources.limits.memory",
      ],
      [
        { controlPlane: { resources: { requests: { memory: "2Gi" }, limits: { memory: "1Gi" } } } },
        "spec.advanced.controlPlane.resources.requests",
      ],
      [{ podSecurity: "none" }, "spec.advanced.podSecurity"],
    ];
    for (const [values, field] of refused) {
      const outcome = await tryCreate(test, root, clusterGroups, group("bad", ["edge"], { advanced: values }));
      expect(outcome).toMatchObject({ status: 422, fields: [{ field }] });
    }
  });

  it("CG-10 hold for what is placed afterwards, and stay with it", async () => {
    expect(await tryCreate(test, root, clusterGroups, group("main", ["edge"]))).toEqual(accepted);
    expect(await make(tenant, "before", {})).toEqual(accepted);
    await whenPlaced(test, "before");
    expect(await tryPatch(test, root, clusterGroups, { name: "main" }, { spec: { advanced } })).toEqual(accepted);
    expect(await make(tenant, "after", {})).toEqual(accepted);
    await whenPlaced(test, "after");
    expect((await specOf("before"))?.advanced).toBeUndefined();
    expect((await specOf("after"))?.advanced).toEqual(advanced);
    expect(await tryPatch(test, root, clusterGroups, { name: "main" }, { spec: { advanced: null } })).toEqual(accepted);
    expect((await specOf("after"))?.advanced).toEqual(advanced);
    const late = await change(root, "before", { advanced: { resourceQuota: false } });
    expect(late).toMatchObject({ status: 422, fields: [{ field: "spec.advanced" }] });
  });

  it("CG-10 are set by no tenant, who would leave the quota by them", async () => {
    const own = await make(tenant, "own", { advanced: { resourceQuota: false } });
    expect(own).toMatchObject({ status: 403, fields: [{ field: "spec.advanced" }] });
    const taken = await change(tenant, "after", { advanced: null });
    expect(taken).toMatchObject({ status: 422, fields: [{ field: "spec.advanced" }] });
    expect(await change(tenant, "after", { description: "mine" })).toEqual(accepted);
    expect(await make(root, "special", { advanced: { resourceQuota: false } })).toEqual(accepted);
    await whenPlaced(test, "special");
    expect((await specOf("special"))?.advanced).toEqual({ resourceQuota: false });
  });
});
