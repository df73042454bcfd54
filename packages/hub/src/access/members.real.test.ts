import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { makeHost, makeProjects } from "../testing/two-projects.ts";

let test: TestHub;
let admin: string;
let rosa: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  await makeProjects(test, admin, "red", "blue");
  await makeHost(test, admin, "edge");
  rosa = await test.keyFor("rosa");
  expect((await put(admin, "red", user("rosa"), "inkube:project-admin")).statusCode).toBe(200);
  await eventually(async () => expect((await test.call(rosa, "GET", url("red"))).statusCode).toBe(200));
});
afterAll(() => test[Symbol.asyncDispose]());

const url = (project?: string) => (project === undefined ? "/api/v1/members" : `/api/v1/projects/${project}/members`);
const user = (name: string) => ({ kind: "User", name });
const put = (key: string, project: string | undefined, subject: object, role: string) =>
  test.call(key, "PUT", url(project), { subject, role });
const remove = (key: string, project: string | undefined, name: string, kind = "User") =>
  test.call(key, "DELETE", `${url(project)}?kind=${kind}&name=${encodeURIComponent(name)}`);
const reads = async (key: string) => (await test.call(key, "GET", "/api/v1/projects/red/clusters/red-one")).statusCode;
const resizes = async (key: string) => {
  const patch = { spec: { size: { cpu: "2", memory: "2Gi", storage: "1Gi" } } };
  return (await test.call(key, "PATCH", "/api/v1/projects/red/clusters/red-one", patch)).statusCode;
};

async function bindings(): Promise<string> {
  const types = [resources.rolebindings, resources.clusterrolebindings];
  const lists = await Promise.all(types.map((type) => test.admin.list(type)));
  const names = lists.flatMap(({ items }) => items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  return JSON.stringify(names.sort());
}

describe("members of a project", () => {
  it("get a role from its administrator, another one later, and lose it", async () => {
    const mia = await test.keyFor("mia");
    expect(await reads(mia)).toBe(403);
    expect((await put(rosa, "red", user("mia"), "inkube:nested-cluster-editor")).json()).toEqual({
      subject: user("mia"),
      role: "inkube:nested-cluster-editor",
      managed: true,
    });
    await eventually(async () => expect([await reads(mia), await resizes(mia)]).toEqual([200, 200]));
    await put(rosa, "red", user("mia"), "inkube:nested-cluster-viewer");
    await eventually(async () => expect([await reads(mia), await resizes(mia)]).toEqual([200, 403]));
    const listed = (await test.call(rosa, "GET", url("red"))).json().items as { subject: { name: string } }[];
    expect(listed.filter(({ subject }) => subject.name === "mia")).toHaveLength(1);
    expect((await remove(rosa, "red", "mia")).statusCode).toBe(200);
    await eventually(async () => expect(await reads(mia)).toBe(403));
    expect((await remove(rosa, "red", "mia")).statusCode).toBe(404);
  });

  it("can be groups, and have any letters in their names without meaning one another", async () => {
    const group = { kind: "Group", name: "oidc:team / ünï" };
    expect((await put(rosa, "red", group, "inkube:nested-cluster-viewer")).statusCode).toBe(200);
    expect((await put(rosa, "red", user(group.name), "inkube:nested-cluster-editor")).statusCode).toBe(200);
    const gus = await test.keyFor("gus", [group.name]);
    await eventually(async () => expect([await reads(gus), await resizes(gus)]).toEqual([200, 403]));
    expect((await remove(rosa, "red", group.name, "Group")).statusCode).toBe(200);
    const { body } = await test.call(rosa, "GET", url("red"));
    expect(JSON.parse(body).items).toContainEqual({
      subject: user(group.name),
      role: "inkube:nested-cluster-editor",
      managed: true,
    });
  });

  it("are nobody's business who may not manage them there, and nothing is written for him", async () => {
    await put(rosa, "red", user("vic"), "inkube:nested-cluster-admin");
    const vic = await test.keyFor("vic");
    await eventually(async () => expect(await reads(vic)).toBe(200));
    const before = await bindings();
    const role = "inkube:nested-cluster-viewer";
    const refused: [string, string | undefined, string][] = [
      [vic, "red", role],
      [rosa, "blue", role],
      [rosa, undefined, "inkube:group-viewer"],
      [rosa, "kube-system", role],
      [rosa, "inkube-system", role],
      [await test.keyFor("nobody"), "red", role],
    ];
    for (const [key, project, wanted] of refused) {
      expect((await put(key, project, user("rosa"), wanted)).statusCode, project).toBe(403);
      expect((await remove(key, project, "rosa")).statusCode, project).toBe(403);
      expect((await test.call(key, "GET", url(project))).statusCode, project).toBe(403);
    }
    // Who may manage all members still makes no bindings where there is no project.
    for (const place of ["kube-system", "inkube-system", "nowhere"]) {
      expect((await put(admin, place, user("x"), role)).statusCode, place).toBe(404);
    }
    expect(await bindings()).toBe(before);
  });

  it("can get no role that is not of the table, of another scope, or for a subject of Kubernetes itself", async () => {
    const before = await bindings();
    for (const role of [
      "cluster-admin",
      "inkube:administrator",
      "inkube:group-admin",
      "admin",
      "inkube-hub",
      "",
      "x",
    ]) {
      for (const key of [rosa, admin]) expect((await put(key, "red", user("eve"), role)).statusCode, role).toBe(422);
    }
    for (const role of ["cluster-admin", "inkube:project-admin", "inkube:nested-cluster-viewer"]) {
      expect((await put(admin, undefined, user("eve"), role)).statusCode, role).toBe(422);
    }
    for (const name of [
      "system:masters",
      "system:anonymous",
      "System:authenticated",
      "",
      " x",
      "a\nb",
      "x".repeat(254),
    ]) {
      for (const kind of ["User", "Group"]) {
        const answer = await put(rosa, "red", { kind, name }, "inkube:nested-cluster-viewer");
        expect(answer.statusCode, name).toBe(422);
      }
    }
    const account = { kind: "ServiceAccount", name: "x", namespace: "red" };
    expect((await put(rosa, "red", account, "inkube:nested-cluster-viewer")).statusCode).toBe(422);
    expect(await bindings()).toBe(before);
  });

  it("are only checked in a dry run", async () => {
    const before = await bindings();
    const body = { subject: user("dry"), role: "inkube:nested-cluster-viewer" };
    expect((await test.call(rosa, "PUT", `${url("red")}?dryRun=true`, body)).statusCode).toBe(200);
    expect(await bindings()).toBe(before);
  });

  it("that were bound by hand are shown and left alone", async () => {
    await test.bind("inkube:nested-cluster-viewer", "hand", "red");
    const { items } = (await test.call(rosa, "GET", url("red"))).json();
    expect(items).toContainEqual({ subject: user("hand"), role: "inkube:nested-cluster-viewer", managed: false });
    expect((await remove(rosa, "red", "hand")).statusCode).toBe(404);
    expect(await reads(await test.keyFor("hand"))).toBe(200);
  });
});

describe("members of the hub", () => {
  it("get roles of the hub from its administrator", async () => {
    const gil = await test.keyFor("gil");
    const group = { metadata: { name: "made" }, spec: { hosts: [{ name: "edge" }], distro: "k8s" } };
    expect((await test.call(gil, "POST", "/api/v1/groups", group)).statusCode).toBe(403);
    expect((await put(admin, undefined, user("gil"), "inkube:group-admin")).statusCode).toBe(200);
    await eventually(async () => expect((await test.call(gil, "GET", "/api/v1/groups")).statusCode).toBe(200));
    await eventually(async () => {
      const answer = await test.call(gil, "POST", "/api/v1/groups", group);
      expect(answer.statusCode, answer.body).toBe(201);
    });
    expect((await test.call(admin, "GET", url())).json().items).toContainEqual({
      subject: user("gil"),
      role: "inkube:group-admin",
      managed: true,
    });
    expect((await remove(admin, undefined, "gil")).statusCode).toBe(200);
    await eventually(async () => {
      expect((await test.call(gil, "DELETE", "/api/v1/groups/made")).statusCode).toBe(403);
    });
  });
});
