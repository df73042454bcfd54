import { apiVersion, hostClusters, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roleDefinitions } from "../install/roles.ts";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { clusterBody, makeHost, makeProjects, passthrough } from "../testing/two-projects.ts";
import { groupBody, nothing, outcomes, type Way, ways } from "./testing/role-outcomes.ts";

let test: TestHub;
let admin: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  await makeProjects(test, admin, "red", "blue");
  await makeHost(test, admin, "edge");
  await test.call(admin, "POST", "/api/v1/groups", groupBody("shared"));
});
afterAll(() => test[Symbol.asyncDispose]());

const roles = [
  { id: "ACL-01", role: "inkube:nested-cluster-viewer", may: { "get cluster": 200 } },
  { id: "ACL-02", role: "inkube:nested-cluster-editor", may: { "get cluster": 200, "change cluster": 200 } },
  {
    id: "ACL-03",
    role: "inkube:nested-cluster-admin",
    may: { "get cluster": 200, "change cluster": 200, "create cluster": 201, "delete cluster": 200 },
  },
  {
    id: "ACL-04",
    role: "inkube:group-admin",
    may: { "get group": 200, "change group": 200, "create group": 201, "delete group": 200, "get host": 200 },
  },
  {
    id: "ACL-04",
    role: "inkube:group-editor",
    may: { "get group": 200, "change group": 200, "get host": 200 },
  },
  { id: "ACL-04", role: "inkube:group-viewer", may: { "get group": 200, "get host": 200 } },
];

const hostRoles = [
  { role: "inkube:host-viewer", may: { "get host": 200 } },
  {
    role: "inkube:host-admin",
    may: { "get host": 200, "change host": 200, "create host": 201, "delete host": 200, "import host": 201 },
  },
];

/** Gives a role to somebody new, and resolves with his key once the binding counts, a moment after it was made. */
async function keyWith(role: string, user: string, probe: string): Promise<string> {
  const isHub = roleDefinitions.find(({ name }) => name === role)?.scope === "hub";
  await test.bind(role, user, isHub ? undefined : "red");
  const key = await test.keyFor(user);
  await eventually(async () => expect((await test.call(key, "GET", probe)).statusCode).toBe(200));
  return key;
}

async function mayOnly(role: string, may: Record<string, number>, way: Way): Promise<void> {
  const user = `${role.split(":")[1]}-${ways.indexOf(way)}`;
  const probes: Record<string, string> = {
    "get cluster": way.clusters("red", "red-one"),
    "get group": way.groups("shared"),
    "get host": way.hosts("edge"),
  };
  const key = await keyWith(role, user, probes[Object.keys(may)[0] ?? ""] ?? "");
  expect(await outcomes({ test, admin }, key, way)).toEqual({ ...nothing, ...may });
}

describe.each(ways)("by $way", (way) => {
  it.each(roles)("$id $role may do what its row says and nothing else", ({ role, may }) => mayOnly(role, may, way));
  it.each(hostRoles)("$role may do this with hosts and nothing else", ({ role, may }) => mayOnly(role, may, way));
});

describe("ACL-08 somebody without any right", () => {
  it("gets empty lists at once, and no object", async () => {
    const key = await test.keyFor("nobody");
    for (const list of ["clusters", "projects", "groups", "hosts", "keys", "audit"]) {
      const answer = await test.call(key, "GET", `/api/v1/${list}`);
      expect(answer.statusCode, list).toBe(200);
      // His own key is his.
      if (list !== "keys") expect(answer.json().items, list).toEqual([]);
    }
    for (const way of ways) expect(await outcomes({ test, admin }, key, way)).toEqual(nothing);
    const all = `/kubernetes/apis/${apiVersion}/${nestedClusters.plural}`;
    expect((await test.call(key, "GET", all)).statusCode).toBe(403);
    expect((await test.call(key, "GET", "/api/v1/me")).json()).toMatchObject({ user: "nobody" });
  });
});

describe("the administrator of hosts", () => {
  it("sees what tells of hosts, and can give nobody any right", async () => {
    const key = await keyWith("inkube:host-admin", "hosty", "/api/v1/hosts/edge");
    const named = async (list: string): Promise<string[]> =>
      (await test.call(key, "GET", `/api/v1/${list}`))
        .json()
        .items.map((one: { metadata: { name: string } }) => one.metadata.name);
    expect(await named("hosts")).toContain("edge");
    for (const list of ["clusters", "groups", "projects"]) expect(await named(list), list).toEqual([]);
    const rbac = "/kubernetes/apis/rbac.authorization.k8s.io/v1";
    const binding = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "hosty-all" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "inkube:administrator" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "hosty" }],
    };
    const member = { subject: { kind: "User", name: "hosty" }, role: "inkube:host-viewer" };
    const refused = [
      ["PUT", "/api/v1/members", member],
      ["GET", "/api/v1/members"],
      ["POST", "/api/v1/projects", { name: "mine" }],
      ["GET", "/api/v1/settings/user-quota"],
      ["POST", `${rbac}/clusterrolebindings`, binding],
      ["GET", `${rbac}/clusterroles/inkube:host-admin`],
      ["GET", "/kubernetes/api/v1/namespaces/inkube-system/secrets"],
      ["PATCH", `/kubernetes/apis/${apiVersion}/${hostClusters.plural}/edge/status`, { status: { phase: "Ready" } }],
    ] as const;
    for (const [method, path, body] of refused) {
      const headers = method === "PATCH" ? { "content-type": "application/merge-patch+json" } : {};
      expect((await test.call(key, method, path, body, headers)).statusCode, `${method} ${path}`).toBe(403);
    }
  });
});

describe("lists", () => {
  it("ACL-01 show a viewer of one project that project alone", async () => {
    await test.bind("inkube:nested-cluster-viewer", "lister", "red");
    const key = await test.keyFor("lister");
    await eventually(async () => {
      const { items } = (await test.call(key, "GET", "/api/v1/clusters")).json();
      expect(items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(["red-one"]);
    });
    const { items: projects } = (await test.call(key, "GET", "/api/v1/projects")).json();
    expect(projects.map(({ name }: { name: string }) => name)).toEqual(["red"]);
    for (const way of ways) {
      const path = way.clusters("red", "red-one");
      for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const) {
        const url = method === "POST" ? way.clusters("red") : path;
        const body = method === "DELETE" ? undefined : clusterBody("red-one");
        const { statusCode } = await test.call(key, method, url, body, method === "PATCH" ? way.patch : {});
        // The hub's own API has no PUT.
        expect(statusCode, `${method} ${url}`).toBe(method === "PUT" && way === ways[0] ? 404 : 403);
      }
    }
    const collection = await test.call(key, "DELETE", passthrough("red"));
    expect(collection.statusCode).toBe(403);
  });

  it("search names in what the caller may see, and no further once he may not", async () => {
    await test.bind("inkube:nested-cluster-viewer", "searcher", "red");
    const key = await test.keyFor("searcher");
    const found = async (token: string, path: string): Promise<string[]> => {
      const { items } = (await test.call(token, "GET", `/api/v1/${path}`)).json() as {
        items: { name?: string; metadata?: { name: string } }[];
      };
      return items.map(({ name, metadata }) => metadata?.name ?? name ?? "");
    };
    await eventually(async () => expect(await found(key, "clusters?name=-on")).toEqual(["red-one"]));
    expect(await found(key, "clusters?name=blue")).toEqual([]);
    expect(await found(admin, "clusters?name=ue-o")).toEqual(["blue-one"]);
    expect(await found(admin, "clusters?name=ue-o&project=red")).toEqual([]);
    expect(await found(admin, "projects?name=re")).toEqual(["red"]);
    expect(await found(admin, "groups?name=nothing")).toEqual([]);
    const binding = { namespace: "red", name: "inkube-nested-cluster-viewer-searcher" };
    await test.admin.delete(resources.rolebindings, binding);
    await eventually(async () => expect(await found(key, "clusters?name=-on")).toEqual([]));
  });
});
