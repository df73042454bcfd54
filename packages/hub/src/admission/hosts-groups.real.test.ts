import { clusterGroups, hostClusters, type NestedCluster, nestedClusters } from "@inkube/api";
import { isKubeError, resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { administrators } from "../auth/principal.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import {
  accepted,
  type Caller,
  callerOf,
  cluster,
  group,
  host,
  makeHost,
  refusedDelete,
  removeCluster,
  tryCreate,
  tryPatch,
  whenPlaced,
} from "./testing/scene.ts";

let test: TestHub;
let root: Caller;
beforeAll(async () => {
  test = await startTestHub();
  root = await callerOf(test, "root", [administrators]);
});
afterAll(async () => {
  await root?.client.close();
  await test?.[Symbol.asyncDispose]();
});

const makeCluster = (name: string, spec: object, namespace?: string) =>
  tryCreate(test, root, nestedClusters, cluster(name, spec, namespace));
const makeGroup = (name: string, hosts: (string | object)[], spec: object = {}) =>
  tryCreate(test, root, clusterGroups, group(name, hosts, spec));
const patchGroup = (name: string, spec: object) => tryPatch(test, root, clusterGroups, { name }, { spec });
const patchHost = (name: string, spec: object) => tryPatch(test, root, hostClusters, { name }, { spec });

describe("a host", () => {
  it("HST-02 needs a type of endpoint while nesting is on", async () => {
    const outcome = await tryCreate(test, root, hostClusters, host("h", { endpoint: {} }));
    expect(outcome).toMatchObject({ status: 422, fields: [{ field: "spec.endpoint.type" }] });
  });

  const domains: [string, boolean][] = [
    ["*.vc.example.test", true],
    ["*.a.b", true],
    ["", false],
    ["vc.example.test", false],
    ["*vc", false],
    ["*.", false],
    ["http://x", false],
  ];
  it.each(domains)("HST-03 with endpoint type Ingress and domain %j is accepted: %s", async (domain, isAccepted) => {
    const wanted = host(`ingress-${domains.findIndex(([one]) => one === domain)}`, {
      endpoint: { type: "Ingress", domain },
    });
    const outcome = await tryCreate(test, root, hostClusters, wanted);
    if (isAccepted) return expect(outcome).toEqual(accepted);
    expect(outcome).toMatchObject({ status: 422, fields: [{ field: "spec.endpoint.domain" }] });
  });

  it("HST-03 with endpoint type Ingress needs a domain", async () => {
    const outcome = await tryCreate(test, root, hostClusters, host("h", { endpoint: { type: "Ingress" } }));
    expect(outcome).toMatchObject({ status: 422, fields: [{ field: "spec.endpoint.domain" }] });
  });

  it("HST-04 keeps nesting, endpoint type and access while nested clusters are on it, and says which", async () => {
    await makeHost(test, "busy");
    expect(await makeCluster("guest", { host: "busy" })).toEqual(accepted);
    const refused: [object, string[]][] = [
      [{ nesting: false }, ["spec.nesting"]],
      [{ endpoint: { type: "NodePort" } }, ["spec.endpoint.type"]],
      [{ nesting: false, access: "read-only" }, ["spec.nesting", "spec.access"]],
    ];
    for (const [spec, fields] of refused) {
      const outcome = await patchHost("busy", spec);
      expect(outcome.status).toBe(422);
      expect(outcome.fields.map(({ field }) => field)).toEqual(fields);
      expect(outcome.fields[0]?.message).toContain("default/guest");
    }
    expect(await patchHost("busy", { unschedulable: true, description: "full" })).toEqual(accepted);
    const deleted = await refusedDelete(test, root, hostClusters, { name: "busy" });
    expect(deleted).toMatchObject({ status: 409, fields: [{ field: "metadata.name" }] });
    expect(deleted.fields[0]?.message).toContain("On host busy: default/guest");
    await removeCluster(test, "guest");
    expect(await patchHost("busy", { endpoint: { type: "NodePort" } })).toEqual(accepted);
    expect(await patchHost("busy", { nesting: false })).toEqual(accepted);
    expect((await test.call(root.key, "DELETE", "/api/v1/hosts/busy")).statusCode).toBe(202);
  });

  it("LC-04 is never removed when the hub itself runs on it", async () => {
    const outcome = await refusedDelete(test, root, hostClusters, { name: "local" });
    expect(outcome).toMatchObject({ status: 403, fields: [{ field: "metadata.name" }] });
  });
});

describe("a cluster group", () => {
  beforeAll(async () => {
    await makeHost(test, "plain");
    await makeHost(test, "node-port", { endpoint: { type: "NodePort" } });
    await makeHost(test, "balanced", { endpoint: { type: "LoadBalancer" } });
    await makeHost(test, "watched", { nesting: false, access: "read-only" });
    await makeHost(test, "off", { nesting: false });
    await makeHost(test, "team-only", { projects: ["team"] });
    await makeHost(test, "web-a", { endpoint: { type: "Ingress", domain: "*.a.example.test" } });
    await makeHost(test, "web-b", { endpoint: { type: "Ingress", domain: "*.b.example.test" } });
  });

  it("CG-01 CG-04 has default limits and minimums, and a name that nobody else has", async () => {
    expect(await makeGroup("first", ["plain"])).toEqual(accepted);
    const object = await test.admin.get(clusterGroups, { name: "first" });
    expect(object?.spec).toMatchObject({
      limits: { cpu: "6", memory: "8Gi", storage: "10Gi" },
      minimum: { cpu: "4", memory: "4Gi", storage: "2Gi" },
      oversubscription: 120,
    });
    const again = await test.call(root.key, "POST", "/api/v1/groups", group("first", []));
    expect(again.statusCode).toBe(409);
  });

  it.each([
    ["cpu", "3"],
    ["memory", "3Gi"],
    ["storage", "1Gi"],
  ])("CG-04 has no limit of %s below its minimum: %s", async (resource, amount) => {
    const outcome = await makeGroup("low", ["plain"], { limits: { [resource]: amount } });
    expect(outcome).toMatchObject({ status: 422, fields: [{ field: `spec.limits.${resource}` }] });
  });

  const ineligible: [string, string, object, string][] = [
    ["one that is not there", "nowhere", {}, "There is no host nowhere"],
    ["a read-only one", "watched", {}, "watched: it was imported read-only"],
    ["one without nesting", "off", {}, "off: nesting is off there"],
    ["one of some projects when the group is for all", "team-only", {}, "only for projects team, the group is for all"],
    [
      "one of other projects",
      "team-only",
      { projects: ["team", "guests"] },
      "only for projects team, the group is also for guests",
    ],
    [
      "CG-03 one of another endpoint type",
      "node-port",
      { endpointType: "LoadBalancer" },
      "node-port: it has endpoint type NodePort, the group wants LoadBalancer",
    ],
  ];
  it.each(ineligible)("CG-02 takes no host that cannot be in it: %s", async (_what, name, spec, text) => {
    const outcome = await makeGroup("eligible", ["plain", name].slice(spec && "endpointType" in spec ? 1 : 0), spec);
    const index = "endpointType" in spec ? 0 : 1;
    expect(outcome).toMatchObject({ status: 422, fields: [{ field: `spec.hosts[${index}].name` }] });
    expect(outcome.fields[0]?.message).toContain(text);
  });

  it("CG-02 takes those that can be, at once and later", async () => {
    expect(await makeGroup("teams", ["team-only"], { projects: ["team"] })).toEqual(accepted);
    expect(await makeGroup("mixed", ["plain", "node-port", "web-a"])).toEqual(accepted);
    const more = await patchGroup("mixed", { hosts: [{ name: "plain" }, { name: "watched" }] });
    expect(more).toMatchObject({ status: 422, fields: [{ field: "spec.hosts[1].name" }] });
    const wider = await patchGroup("teams", { projects: null });
    expect(wider).toMatchObject({ status: 422, fields: [{ field: "spec.hosts[0].name" }] });
    await test.admin.patch(hostClusters, { name: "plain" }, { spec: { nesting: false } }, { type: "merge" });
    expect(await patchGroup("mixed", { description: "a host fell ill meanwhile" })).toEqual(accepted);
    await test.admin.patch(hostClusters, { name: "plain" }, { spec: { nesting: true } }, { type: "merge" });
  });

  it("CG-03 needs a wildcard DNS name on every host of an Ingress group, none of them twice", async () => {
    const ingress = { endpointType: "Ingress" };
    expect(await makeGroup("web", ["web-a", "web-b"], ingress)).toEqual(accepted);
    const twice = await makeGroup("twice", ["web-a", { name: "web-b", domain: "*.a.example.test" }], ingress);
    expect(twice).toMatchObject({ status: 422, fields: [{ field: "spec.hosts[1].domain" }] });
    expect(twice.fields[0]?.message).toContain("web-b and web-a have *.a.example.test");
    const same = { hosts: [{ name: "web-a" }, { name: "web-b", domain: "*.a.example.test" }] };
    expect(await patchGroup("web", same)).toMatchObject({ status: 422, fields: [{ field: "spec.hosts[1].domain" }] });
    const balanced = await patchGroup("web", { hosts: [{ name: "web-a" }, { name: "balanced" }] });
    expect(balanced).toMatchObject({ status: 422, fields: [{ field: "spec.hosts[1].name" }] });
  });

  const fitting: [title: string, of: { distro: string; version?: string }, asked: object, given: object][] = [
    ["k3s", { distro: "k3s", version: "v1.34.4+k3s1" }, {}, { distro: "k3s", version: "v1.34.4+k3s1" }],
    ["k8s", { distro: "k8s", version: "v1.35.0" }, {}, { distro: "k8s", version: "v1.35.0" }],
    ["k8s-unversioned", { distro: "k8s" }, {}, { distro: "k8s" }],
    [
      "k3s-overruled",
      { distro: "k3s", version: "v1.35.0" },
      { version: "v1.34.4" },
      { distro: "k3s", version: "v1.34.4" },
    ],
  ];
  it.each(fitting)("CG-11 gives its distro and version to its nested clusters: %s", async (name, of, asked, given) => {
    expect(await makeGroup(name, ["plain"], of)).toEqual(accepted);
    expect(await makeCluster(name, { group: name, ...asked })).toEqual(accepted);
    await whenPlaced(test, name);
    const object = (await test.admin.get(nestedClusters, { namespace: "default", name })) as unknown as NestedCluster;
    const { distro, version } = object.spec;
    expect({ distro, ...(version !== undefined && { version }) }).toEqual(given);
    await removeCluster(test, name);
  });

  const other: [distro: string, version: string, asked: object, field: string, text: string][] = [
    ["k3s", "v1.34.4+k3s1", { distro: "k8s" }, "spec.distro", "Group other has distro k3s, not k8s"],
    ["k8s", "v1.35.0", { distro: "k3s" }, "spec.distro", "Group other has distro k8s, not k3s"],
    ["k8s", "v1.35.0", { version: "v1.34.4+k3s1" }, "spec.version", "has distro k8s, and v1.34.4+k3s1 is of k3s"],
  ];
  it.each(other)(
    "CG-11 of distro %s and version %s takes none that says %j",
    async (distro, version, asked, field, text) => {
      expect(await makeGroup("other", ["plain"], { distro, version })).toEqual(accepted);
      const outcome = await makeCluster("of-other", { group: "other", ...asked });
      expect(outcome).toMatchObject({ status: 422, fields: [{ field }] });
      expect(outcome.fields[0]?.message).toContain(text);
      expect((await test.call(root.key, "DELETE", "/api/v1/groups/other")).statusCode).toBe(202);
    },
  );

  it("CG-11 keeps its distro, both ways", async () => {
    expect(await makeGroup("of-k8s", ["plain"], { distro: "k8s" })).toEqual(accepted);
    for (const [name, distro] of [
      ["first", "k8s"],
      ["of-k8s", "k3s"],
    ] as const) {
      const outcome = await patchGroup(name, { distro });
      expect(outcome).toMatchObject({ status: 422, fields: [{ field: "spec.distro" }] });
    }
  });

  it("CG-08 lets no host go that has its nested clusters, and does not go itself before them", async () => {
    expect(await makeGroup("kept", ["balanced", "web-b"])).toEqual(accepted);
    expect(await makeCluster("inside", { group: "kept" })).toEqual(accepted);
    await whenPlaced(test, "inside");
    const left = await patchGroup("kept", { hosts: [{ name: "web-b" }] });
    expect(left).toMatchObject({ status: 422, fields: [{ field: "spec.hosts" }] });
    expect(left.fields[0]?.message).toContain("Host balanced has default/inside of this group");
    expect(await patchGroup("kept", { hosts: [{ name: "balanced" }] })).toEqual(accepted);
    const deleted = await refusedDelete(test, root, clusterGroups, { name: "kept" });
    expect(deleted).toMatchObject({ status: 409, fields: [{ field: "metadata.name" }] });
    expect(deleted.fields[0]?.message).toContain("In group kept: default/inside");
    await removeCluster(test, "inside");
    expect((await test.call(root.key, "DELETE", "/api/v1/groups/kept")).statusCode).toBe(202);
  });
});

describe("a project", () => {
  it("PRJ-01 is not deleted while nested clusters are in it, by kubectl neither", async () => {
    expect((await test.call(root.key, "POST", "/api/v1/projects", { name: "team" })).statusCode).toBe(201);
    expect(await makeCluster("web", { host: "plain" }, "team")).toEqual(accepted);
    const answer = await test.call(root.key, "DELETE", "/api/v1/projects/team");
    const direct = await test.admin.delete(resources.namespaces, { name: "team" }).catch((error: unknown) => error);
    if (!isKubeError(direct, "conflict")) throw direct;
    expect(answer.statusCode).toBe(direct.status);
    const message =
      "Nested clusters are in the project. Project team still has nested clusters: web. Delete them first.";
    expect(answer.json().error.fields).toEqual([{ field: "metadata.name", message }]);
    expect(direct.explanation).toContain(message);
    expect((await test.admin.get(resources.namespaces, { name: "team" }))?.metadata.deletionTimestamp).toBeUndefined();
    await removeCluster(test, "web", "team");
    expect((await test.call(root.key, "DELETE", "/api/v1/projects/team")).statusCode).toBe(202);
  });

  it("PRJ-01 says nothing about namespaces that are no projects", async () => {
    await test.admin.create(resources.namespaces, { metadata: { name: "ordinary" } });
    expect(await makeCluster("web", {}, "ordinary")).toEqual(accepted);
    expect(await test.admin.delete(resources.namespaces, { name: "ordinary" })).toBe(true);
  });
});
