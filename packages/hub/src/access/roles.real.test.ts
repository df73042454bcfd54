import { apiVersion, clusterGroups, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { clusterBody, makeHost, makeProjects, passthrough } from "../testing/two-projects.ts";

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

const groupBody = (name: string) => ({
  apiVersion,
  kind: "ClusterGroup",
  metadata: { name },
  spec: { hosts: [{ name: "edge" }], distro: "k8s" },
});
const resize = { spec: { size: { cpu: "2", memory: "2Gi", storage: "1Gi" } } };
const regroup = { metadata: { labels: { tier: "gold" } } };

/** Both ways to the same objects; the second is what kubectl uses. */
const ways = [
  {
    way: "the HTTP API",
    clusters: (project: string, name = "") => `/api/v1/projects/${project}/clusters${name && `/${name}`}`,
    groups: (name = "") => `/api/v1/groups${name && `/${name}`}`,
    patch: {},
    deleted: 202,
  },
  {
    way: "the Kubernetes API",
    clusters: passthrough,
    groups: (name = "") => `/kubernetes/apis/${apiVersion}/${clusterGroups.plural}${name && `/${name}`}`,
    patch: { "content-type": "application/merge-patch+json" },
    deleted: 200,
  },
] as const;
type Way = (typeof ways)[number];

/** What each call answers, as `VERB on what`. */
async function outcomes(key: string, { clusters, groups, patch, deleted }: Way): Promise<Record<string, number>> {
  const code = async (...call: Parameters<TestHub["call"]> extends [unknown, ...infer R] ? R : never) =>
    (await test.call(key, ...call)).statusCode;
  for (const name of ["spare"]) {
    await test.call(admin, "POST", clusters("red"), clusterBody(name));
    await test.call(admin, "POST", groups(), groupBody(name));
  }
  const result = {
    "get cluster": await code("GET", clusters("red", "red-one")),
    "change cluster": await code("PATCH", clusters("red", "red-one"), resize, patch),
    "create cluster": await code("POST", clusters("red"), clusterBody("fresh")),
    "delete cluster": await code("DELETE", clusters("red", "spare")),
    "get cluster elsewhere": await code("GET", clusters("blue", "blue-one")),
    "change cluster elsewhere": await code("PATCH", clusters("blue", "blue-one"), resize, patch),
    "create cluster elsewhere": await code("POST", clusters("blue"), clusterBody("fresh")),
    "delete cluster elsewhere": await code("DELETE", clusters("blue", "blue-one")),
    "get group": await code("GET", groups("shared")),
    "change group": await code("PATCH", groups("shared"), regroup, patch),
    "create group": await code("POST", groups(), groupBody("fresh")),
    "delete group": await code("DELETE", groups("spare")),
  };
  for (const name of ["fresh", "spare"]) {
    await test.call(admin, "DELETE", clusters("red", name));
    await test.call(admin, "DELETE", groups(name));
  }
  await eventually(async () => {
    expect((await test.call(admin, "GET", clusters("red", "fresh"))).statusCode).toBe(404);
    expect((await test.call(admin, "GET", clusters("red", "spare"))).statusCode).toBe(404);
  });
  return Object.fromEntries(Object.entries(result).map(([call, status]) => [call, status === deleted ? 200 : status]));
}

const nothing = {
  "get cluster": 403,
  "change cluster": 403,
  "create cluster": 403,
  "delete cluster": 403,
  "get cluster elsewhere": 403,
  "change cluster elsewhere": 403,
  "create cluster elsewhere": 403,
  "delete cluster elsewhere": 403,
  "get group": 403,
  "change group": 403,
  "create group": 403,
  "delete group": 403,
};

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
    may: { "get group": 200, "change group": 200, "create group": 201, "delete group": 200 },
  },
];

describe.each(ways)("by $way", (way) => {
  it.each(roles)("$id $role may do what its row says and nothing else", async ({ role, may }) => {
    const user = `${role.split(":")[1]}-${ways.indexOf(way)}`;
    await test.bind(role, user, role.includes("group") ? undefined : "red");
    const key = await test.keyFor(user);
    const [allowed] = Object.keys(may) as [keyof typeof nothing];
    // A binding counts a moment after it was made.
    await eventually(async () => {
      const path = allowed === "get group" ? way.groups("shared") : way.clusters("red", "red-one");
      expect((await test.call(key, "GET", path)).statusCode).toBe(200);
    });
    expect(await outcomes(key, way)).toEqual({ ...nothing, ...may });
  });
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
    for (const way of ways) expect(await outcomes(key, way)).toEqual(nothing);
    const all = `/kubernetes/apis/${apiVersion}/${nestedClusters.plural}`;
    expect((await test.call(key, "GET", all)).statusCode).toBe(403);
    expect((await test.call(key, "GET", "/api/v1/me")).json()).toMatchObject({ user: "nobody" });
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
