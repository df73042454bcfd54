import { type NestedCluster, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { clusterBody, makeProjects, passthrough } from "../testing/two-projects.ts";
import { accessFilterLabel } from "./access-filter.ts";

let test: TestHub;
let admin: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  await makeProjects(test, admin, "red", "blue");
});
afterAll(() => test[Symbol.asyncDispose]());

const path = (project: string, name: string) => `/api/v1/projects/${project}/clusters/${name}`;
const resize = { spec: { size: { cpu: "2", memory: "2Gi", storage: "1Gi" } } };

async function make(project: string, name: string, labels: Record<string, string>): Promise<void> {
  const made = await test.call(admin, "POST", `/api/v1/projects/${project}/clusters`, clusterBody(name, labels));
  expect(made.statusCode, made.body).toBe(201);
}

async function listed(key: string): Promise<string[]> {
  const { items } = (await test.call(key, "GET", "/api/v1/clusters")).json() as { items: NestedCluster[] };
  return items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

function filter(name: string, user: string, selector: string, more: object = {}) {
  const subjects = [{ kind: "User", name: user }];
  const body = { name, selector, role: "inkube:nested-cluster-viewer", subjects, ...more };
  return test.call(admin, "POST", "/api/v1/filters", body);
}

async function made(project: string): Promise<unknown[]> {
  const lists = await Promise.all(
    [resources.roles, resources.rolebindings].map((type) =>
      test.admin.list(type, { namespace: project, labelSelector: accessFilterLabel }),
    ),
  );
  return lists.flatMap(({ items }) => items);
}

describe("ACL-05 an access filter", () => {
  it("lets its subjects list and reach the nested clusters with the label, to the letter, and no others", async () => {
    await make("red", "tagged", { claims: "" });
    await make("red", "other-case", { Claims: "" });
    await make("blue", "tagged-too", { claims: "x" });
    expect((await filter("claims", "tess", "claims")).statusCode).toBe(201);
    const tess = await test.keyFor("tess");
    await eventually(async () => expect(await listed(tess)).toEqual(["red/tagged", "blue/tagged-too"]));
    for (const [project, name, status] of [
      ["red", "tagged", 200],
      ["blue", "tagged-too", 200],
      ["red", "other-case", 403],
      ["red", "red-one", 403],
      ["blue", "blue-one", 403],
    ] as const) {
      expect((await test.call(tess, "GET", path(project, name))).statusCode, name).toBe(status);
      expect((await test.call(tess, "GET", passthrough(project, name))).statusCode, name).toBe(status);
      expect((await test.call(tess, "PATCH", path(project, name), resize)).statusCode, name).toBe(403);
      expect((await test.call(tess, "DELETE", passthrough(project, name))).statusCode, name).toBe(403);
      // Not on any host yet, which is told only to those who may look inside.
      const inside = await test.call(tess, "GET", `/clusters/${project}/${name}/api`);
      expect(inside.statusCode, name).toBe(status === 200 ? 503 : 403);
    }
    expect((await test.call(tess, "GET", passthrough("red"))).statusCode).toBe(403);
    const { items } = (await test.call(tess, "GET", "/api/v1/projects")).json() as { items: { name: string }[] };
    expect(items.map(({ name }) => name)).toEqual(["blue", "red"]);
  });

  it("follows the labels, and never leaves a role for all objects when the last one is gone", async () => {
    expect((await filter("moving", "moe", "team=claims", { projects: ["red"] })).statusCode).toBe(201);
    const moe = await test.keyFor("moe");
    await make("red", "moving", { team: "Claims" });
    await make("blue", "not-here", { team: "claims" });
    await eventually(async () => expect(await listed(admin)).toContain("red/moving"));
    const label = (team: string | null) =>
      test.call(admin, "PATCH", path("red", "moving"), { metadata: { labels: { team } } });
    for (const [team, seen] of [
      ["claims", ["red/moving"]],
      ["CLAIMS", []],
      ["claims", ["red/moving"]],
      [null, []],
    ] as const) {
      expect((await label(team)).statusCode).toBe(200);
      await eventually(async () => expect(await listed(moe), String(team)).toEqual(seen));
      const { statusCode } = await test.call(moe, "GET", passthrough("red", "moving"));
      expect(statusCode).toBe(seen.length > 0 ? 200 : 403);
    }
    for (const object of await made("red")) {
      const { rules } = object as { rules?: { resourceNames?: string[] }[] };
      for (const rule of rules ?? []) expect(rule.resourceNames?.length).toBeGreaterThan(0);
    }
    expect((await test.call(moe, "GET", path("red", "red-one"))).statusCode).toBe(403);
    await label("claims");
    await eventually(async () => expect(await listed(moe)).toEqual(["red/moving"]));
    expect((await test.call(admin, "DELETE", path("red", "moving"))).statusCode).toBe(202);
    await eventually(async () => {
      expect(JSON.stringify(await made("red"))).not.toContain("moving");
      expect(await listed(moe)).toEqual([]);
    });
  });

  it("gives editors the change of what fits, but no creation and no deletion", async () => {
    await make("red", "editable", { edit: "yes" });
    expect((await filter("edit", "edna", "edit=yes", { role: "inkube:nested-cluster-editor" })).statusCode).toBe(201);
    const edna = await test.keyFor("edna");
    await eventually(async () => {
      expect((await test.call(edna, "PATCH", path("red", "editable"), resize)).statusCode).toBe(200);
    });
    expect((await test.call(edna, "PATCH", path("red", "red-one"), resize)).statusCode).toBe(403);
    expect((await test.call(edna, "DELETE", path("red", "editable"))).statusCode).toBe(403);
    const fresh = clusterBody("fresh", { edit: "yes" });
    expect((await test.call(edna, "POST", "/api/v1/projects/red/clusters", fresh)).statusCode).toBe(403);
    expect((await test.call(edna, "POST", passthrough("red"), fresh)).statusCode).toBe(403);
    // She can give it away, and has then lost it herself.
    const given = { metadata: { labels: { edit: "no" } } };
    expect((await test.call(edna, "PATCH", path("red", "editable"), given)).statusCode).toBe(200);
    await eventually(async () => {
      expect((await test.call(edna, "GET", path("red", "editable"))).statusCode).toBe(403);
    });
  });

  it("is set right when somebody changes what was made of it, and takes everything with it when it is deleted", async () => {
    await make("red", "kept", { kept: "" });
    await filter("kept", "kim", "kept");
    const kim = await test.keyFor("kim");
    await eventually(async () => expect(await listed(kim)).toEqual(["red/kept"]));
    const roles = (await made("red")) as {
      kind?: string;
      metadata: { name: string };
      rules?: { resourceNames: string[] }[];
    }[];
    const role = roles.find(({ rules }) => rules?.[0]?.resourceNames.includes("kept"));
    const name = role?.metadata.name ?? "";
    const ref = { namespace: "red", name };
    await test.admin.patch(
      resources.roles,
      ref,
      { rules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }] },
      { type: "merge" },
    );
    await eventually(async () => {
      const now = await test.admin.get(resources.roles, ref);
      expect(JSON.stringify(now?.rules)).toContain('"resourceNames":["kept"]');
      expect(JSON.stringify(now?.rules)).not.toContain("*");
    });
    await test.admin.delete(resources.rolebindings, ref);
    await eventually(async () => expect(await test.admin.get(resources.rolebindings, ref)).toBeDefined());
    expect((await test.call(admin, "DELETE", "/api/v1/filters/kept")).statusCode).toBe(200);
    await eventually(async () => {
      expect(await test.admin.get(resources.roles, ref)).toBeUndefined();
      expect(await test.admin.get(resources.rolebindings, ref)).toBeUndefined();
      expect((await test.call(kim, "GET", path("red", "kept"))).statusCode).toBe(403);
    });
  });

  it("is for administrators of the hub alone, and must make sense", async () => {
    await test.bind("inkube:project-admin", "rosa", "red");
    const rosa = await test.keyFor("rosa");
    await eventually(async () => expect((await test.call(rosa, "GET", path("red", "red-one"))).statusCode).toBe(200));
    const subjects = [{ kind: "User", name: "rosa" }];
    const good = { name: "good", selector: "!claims", role: "inkube:nested-cluster-viewer", subjects };
    expect((await test.call(rosa, "POST", "/api/v1/filters", good)).statusCode).toBe(403);
    expect((await test.call(rosa, "GET", "/api/v1/filters")).statusCode).toBe(403);
    expect((await test.call(rosa, "DELETE", "/api/v1/filters/claims")).statusCode).toBe(403);
    for (const wrong of [
      { selector: "a in (b)" },
      { selector: "" },
      { role: "inkube:nested-cluster-admin" },
      { role: "cluster-admin" },
      { subjects: [] },
      { subjects: [{ kind: "Group", name: "system:authenticated" }] },
      { name: "Bad Name" },
    ]) {
      const { statusCode } = await test.call(admin, "POST", "/api/v1/filters", { ...good, ...wrong });
      expect([400, 422], JSON.stringify(wrong)).toContain(statusCode);
    }
    expect((await test.call(admin, "POST", "/api/v1/filters?dryRun=true", good)).statusCode).toBe(200);
    expect((await test.call(admin, "GET", "/api/v1/filters")).body).not.toContain("good");
    expect((await filter("claims", "x", "claims")).statusCode).toBe(409);
    expect(await test.admin.get(nestedClusters, { namespace: "red", name: "fresh" })).toBeUndefined();
  });
});
