import { annotations, clusterGroups, names, nestedClusters } from "@inkube/api";
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
  size,
  tryCreate,
  tryPatch,
  whenPlaced,
} from "./testing/scene.ts";

let test: TestHub;
let root: Caller;
beforeAll(async () => {
  test = await startTestHub();
  root = await callerOf(test, "root", [administrators]);
  await makeHost(test, "edge");
  expect(await tryCreate(test, root, clusterGroups, group("main", ["edge"]))).toEqual(accepted);
});
afterAll(async () => {
  await root?.client.close();
  await test?.[Symbol.asyncDispose]();
});

const create = (name: string, spec: object, namespace?: string) =>
  tryCreate(test, root, nestedClusters, cluster(name, spec, namespace));
const asked = (object: object) => ({ group: "main", ...object });

describe("a nested cluster", () => {
  it("VC-04 VC-08 is refused outside of the group's limits, by how much in which field, and nothing is created", async () => {
    const large = await create("a", asked({ size: size(7, 9, 11) }));
    expect(large.status).toBe(422);
    expect(large.fields.map(({ field }) => field)).toEqual(["spec.size.cpu", "spec.size.memory", "spec.size.storage"]);
    expect(large.fields[0]?.message).toBe(
      "The size is not within the limits of the group. Group main: cpu 7 is above the limit of 6. Choose a size between the group's minimum and limits.",
    );
    const small = await create("a", asked({ size: size(3, 4, 2) }));
    expect(small.fields).toMatchObject([
      { field: "spec.size.cpu", message: expect.stringContaining("cpu 3 is below the minimum of 4") },
    ]);
  });

  it("VC-08 is only checked by a dry run, by the CRD's own rules as well", async () => {
    const answer = await test.call(root.key, "POST", "/api/v1/projects/default/clusters?dryRun=true", cluster("dry"));
    expect(answer.statusCode).toBe(200);
    expect(await test.admin.get(nestedClusters, { name: "dry", namespace: "default" })).toBeUndefined();
    expect(await create("a", { size: { cpu: "1m" } })).toMatchObject({
      status: 422,
      fields: [{ field: "spec.size.cpu" }],
    });
  });

  it.each([
    ["group", { group: "none" }, "spec.group", "There is no group none"],
    ["host", { host: "none" }, "spec.host", "There is no host none"],
  ])("names a %s that is there", async (_what, spec, field, text) => {
    const outcome = await create("a", spec);
    expect(outcome).toMatchObject({ status: 422, fields: [{ field, message: expect.stringContaining(text) }] });
  });

  it("CG-09 uses only hosts and groups of its project, of which others see nothing", async () => {
    await makeHost(test, "blue-host", { projects: ["blue"] });
    for (const name of ["red", "blue"]) {
      expect((await test.call(root.key, "POST", "/api/v1/projects", { name })).statusCode).toBe(201);
      await test.bind("inkube:project-admin", `${name}-admin`, name);
    }
    const blue = group("blue", ["blue-host"], { projects: ["blue"] });
    expect(await tryCreate(test, root, clusterGroups, blue)).toEqual(accepted);
    for (const [spec, field] of [
      [{ group: "blue" }, "spec.group"],
      [{ host: "blue-host" }, "spec.host"],
    ] as const) {
      const outcome = await create("x", spec, "red");
      expect(outcome).toMatchObject({
        status: 422,
        fields: [{ field, message: expect.stringContaining("is not for project red") }],
      });
      expect(await create(`x-${field.slice(5)}`, spec, "blue")).toEqual(accepted);
    }
    const seen = async (user: string, what: string): Promise<string[]> => {
      const answer = await test.call(await test.keyFor(user), "GET", `/api/v1/${what}`);
      return (answer.json() as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
    };
    await eventually(async () => {
      expect(await seen("blue-admin", "groups")).toEqual(["blue", "main"]);
      expect(await seen("red-admin", "groups")).toEqual(["main"]);
      expect(await seen("blue-admin", "hosts")).toEqual(["blue-host", "edge", "local"]);
      expect(await seen("red-admin", "hosts")).toEqual(["edge", "local"]);
    });
  });

  it("CG-05 16 CPU at 120 %: the fifth of 4 CPU is refused; at 125 % it is admitted, and the sixth refused", async () => {
    for (const name of ["c1", "c2", "c3", "c4"]) expect(await create(name, asked({}))).toEqual(accepted);
    const fifth = await create("c5", asked({}));
    expect(fifth).toMatchObject({ status: 422, fields: [{ field: "spec.size.cpu" }] });
    expect(fifth.fields[0]?.message).toContain("edge: needs 4 cpu, has 3.2 of 19.2 left");
    const more = { spec: { oversubscription: 125 } };
    expect(await tryPatch(test, root, clusterGroups, { name: "main" }, more)).toEqual(accepted);
    expect(await create("c5", asked({}))).toEqual(accepted);
    const sixth = await create("c6", asked({}));
    expect(sixth.fields[0]?.message).toContain("edge: needs 4 cpu, has 0 of 20 left");
  });

  it("CG-05 grows only into what is left on its host, and always shrinks", async () => {
    await whenPlaced(test, "c1");
    const resize = (cpu: string) =>
      tryPatch(test, root, nestedClusters, { name: "c1", namespace: "default" }, { spec: { size: { cpu } } });
    const refused = await resize("5");
    expect(refused).toMatchObject({ status: 422, fields: [{ field: "spec.size.cpu" }] });
    expect(refused.fields[0]?.message).toContain("edge: needs 5 cpu, has 4 of 20 left");
    const more = { spec: { oversubscription: 130 } };
    expect(await tryPatch(test, root, clusterGroups, { name: "main" }, more)).toEqual(accepted);
    expect(await resize("4500m")).toEqual(accepted);
    const less = { spec: { oversubscription: 100 } };
    expect(await tryPatch(test, root, clusterGroups, { name: "main" }, less)).toEqual(accepted);
    expect(await resize("4")).toEqual(accepted);
  });

  it("never gives the same room to two that come at once", async () => {
    await makeHost(test, "narrow", {}, 4);
    const narrow = group("narrow", ["narrow"], { oversubscription: 100 });
    expect(await tryCreate(test, root, clusterGroups, narrow)).toEqual(accepted);
    const attempts = await Promise.allSettled(
      ["n1", "n2", "n3", "n4"].map((name) => root.client.create(nestedClusters, cluster(name, { group: "narrow" }))),
    );
    expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  const ranges: [string, string[], boolean][] = [
    ["takes ranges", ["10.0.0.0/8", "1.2.3.4/32"], true],
    ["refuses an address without a length", ["10.0.0.0"], false],
    ["refuses an address that cannot be", ["300.1.1.1/8"], false],
  ];
  it.each(ranges)("NET-03 %s as source ranges", async (_what, sourceRanges, isAccepted) => {
    const endpoint = { type: "LoadBalancer", loadBalancer: { sourceRanges } };
    const answer = await tryCreate(test, root, nestedClusters, cluster(isAccepted ? "ranges" : "none", { endpoint }));
    if (isAccepted) return expect(answer).toEqual(accepted);
    expect(answer).toMatchObject({
      status: 422,
      fields: [{ field: "spec.endpoint.loadBalancer.sourceRanges[0]" }],
    });
  });
});

describe("the owner of a nested cluster", () => {
  const ref = { name: "owned", namespace: "default" };
  const field = `metadata.annotations[${annotations.owner}]`;

  it("DEV-02 is who created it, by whatever way, and nobody else can be written there", async () => {
    const named = { ...cluster("owned"), metadata: { ...ref, annotations: { [annotations.owner]: "somebody" } } };
    const outcome = await tryCreate(test, root, nestedClusters, named);
    expect(outcome).toMatchObject({
      status: 422,
      fields: [{ field, message: expect.stringContaining("That is root") }],
    });
    expect(await create("owned", {})).toEqual(accepted);
    const object = await test.admin.get(nestedClusters, ref);
    expect(object?.metadata.annotations?.[annotations.owner]).toBe("root");
    const other = { metadata: { annotations: { [annotations.owner]: "somebody" } } };
    expect(await tryPatch(test, root, nestedClusters, ref, other)).toMatchObject({ status: 422, fields: [{ field }] });
  });

  it("DEV-02 stays when an update leaves it out", async () => {
    const without = { metadata: { annotations: { [annotations.owner]: null } }, spec: { description: "x" } };
    expect(await tryPatch(test, root, nestedClusters, ref, without)).toEqual(accepted);
    const replaced = await eventually(async () => {
      const resourceVersion = (await test.admin.get(nestedClusters, ref))?.metadata.resourceVersion ?? "";
      return test.admin.replace(nestedClusters, { ...cluster("owned"), metadata: { ...ref, resourceVersion } });
    });
    expect(replaced.metadata.annotations?.[annotations.owner]).toBe("root");
  });

  it("is written by Inkube's own programs", async () => {
    const account = { namespace: names.systemNamespace, name: names.agent };
    const agent = test.as(`system:serviceaccount:${account.namespace}:${account.name}`, ["system:masters"]);
    const given = { metadata: { annotations: { [annotations.owner]: "somebody" } } };
    const patched = await agent.patch(nestedClusters, ref, given, { type: "merge" });
    expect(patched.metadata.annotations?.[annotations.owner]).toBe("somebody");
    await agent.close();
  });
});
