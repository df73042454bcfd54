import { clusterGroups, hostClusters, names, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { clusterBody, makeHost, makeProjects } from "../testing/two-projects.ts";

type Method = "POST" | "PUT" | "PATCH" | "DELETE";
type Write = [method: Method, route: string, url: string, body?: object];

/** They sign in or out and keep nothing that could be checked beforehand. */
const signing = ["POST /api/v1/setup", "POST /auth/token", "POST /auth/logout"];
const user = { kind: "User", name: "mia" };
const filter = { name: "old", selector: "team=claims", role: "inkube:nested-cluster-viewer", subjects: [user] };
const quota = { enabled: true, clusters: 3, cpu: 12, memoryGiB: 16, storageGiB: 20 };
const role = "inkube:nested-cluster-viewer";
const hubRole = "inkube:group-viewer";

let test: TestHub;
let admin: string;
let keyId: string;
let sessionId: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  await makeProjects(test, admin, "red", "blue");
  await makeHost(test, admin, "edge");
  const made: [Method, string, object][] = [
    ["POST", "/api/v1/projects", { name: "empty" }],
    ["POST", "/api/v1/groups", { metadata: { name: "main" }, spec: { hosts: [] } }],
    ["PUT", "/api/v1/projects/red/members", { subject: user, role }],
    ["PUT", "/api/v1/members", { subject: user, role: hubRole }],
    ["POST", "/api/v1/filters", filter],
  ];
  for (const [method, url, body] of made) {
    const answer = await test.call(admin, method, url, body);
    expect(answer.statusCode, answer.body).toBeLessThan(300);
  }
  keyId = (await test.call(admin, "POST", "/api/v1/keys", { name: "mine" })).json().id;
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const session = await test.credentials.issue({ kind: "session", subject: "root", name: "browser", expiresAt });
  sessionId = session.credential.id;
  await eventually(async () => {
    expect((await test.call(admin, "GET", "/api/v1/keys")).body).toContain(keyId);
    expect((await test.call(admin, "GET", "/api/v1/sessions")).body).toContain(sessionId);
  });
});
afterAll(() => test[Symbol.asyncDispose]());

function writes(): Write[] {
  const clusters = "/api/v1/projects/:project/clusters";
  const one = "/api/v1/projects/red/clusters/red-one";
  const members = "kind=User&name=mia";
  return [
    ["POST", "/api/v1/projects", "/api/v1/projects", { name: "green" }],
    ["DELETE", "/api/v1/projects/:project", "/api/v1/projects/empty"],
    ["POST", clusters, "/api/v1/projects/red/clusters", clusterBody("red-two")],
    ["PATCH", `${clusters}/:name`, one, { metadata: { labels: { team: "claims" } } }],
    ["DELETE", `${clusters}/:name`, one],
    ["POST", "/api/v1/hosts", "/api/v1/hosts", { metadata: { name: "far" }, spec: {} }],
    ["PATCH", "/api/v1/hosts/:name", "/api/v1/hosts/edge", { metadata: { labels: { zone: "a" } } }],
    ["POST", "/api/v1/hosts/:name/import", "/api/v1/hosts/edge/import", {}],
    ["DELETE", "/api/v1/hosts/:name", "/api/v1/hosts/edge"],
    ["POST", "/api/v1/groups", "/api/v1/groups", { metadata: { name: "other" }, spec: { hosts: [] } }],
    ["PATCH", "/api/v1/groups/:name", "/api/v1/groups/main", { spec: { description: "x" } }],
    ["DELETE", "/api/v1/groups/:name", "/api/v1/groups/main"],
    ["PUT", "/api/v1/projects/:project/members", "/api/v1/projects/blue/members", { subject: user, role }],
    ["DELETE", "/api/v1/projects/:project/members", `/api/v1/projects/red/members?${members}`],
    ["PUT", "/api/v1/members", "/api/v1/members", { subject: { ...user, name: "noa" }, role: hubRole }],
    ["DELETE", "/api/v1/members", `/api/v1/members?${members}`],
    ["POST", "/api/v1/filters", "/api/v1/filters", { ...filter, name: "new" }],
    ["DELETE", "/api/v1/filters/:name", "/api/v1/filters/old"],
    ["POST", "/api/v1/keys", "/api/v1/keys", { name: "new" }],
    ["POST", "/api/v1/keys/:id/revoke", `/api/v1/keys/${keyId}/revoke`],
    ["DELETE", "/api/v1/keys/:id", `/api/v1/keys/${keyId}`],
    ["DELETE", "/api/v1/sessions/:id", `/api/v1/sessions/${sessionId}`],
    ["PUT", "/api/v1/settings/user-quota", "/api/v1/settings/user-quota", quota],
    ["PUT", "/api/v1/settings/api-keys", "/api/v1/settings/api-keys", { perUser: 5 }],
  ];
}

/** Everything that people's writes are kept in; what the hub tells of it by itself, as status, is left out. */
async function kept(): Promise<unknown[]> {
  const { configmaps, secrets, namespaces, rolebindings, clusterrolebindings } = resources;
  const types = [nestedClusters, hostClusters, clusterGroups, namespaces, rolebindings, clusterrolebindings];
  const lists = await Promise.all([
    ...types.map((type) => test.admin.list(type)),
    ...[configmaps, secrets].map((type) => test.admin.list(type, { namespace: names.systemNamespace })),
  ]);
  return lists
    .flatMap(({ items }) => items)
    .map(({ status, metadata: { resourceVersion, managedFields, ...metadata }, ...rest }) => ({ ...rest, metadata }));
}

it("VC-08 every write of the API can only be checked", () => {
  const isWrite = (method: string): boolean => ["POST", "PUT", "PATCH", "DELETE"].includes(method);
  const served = test.routes
    .filter(({ method, url }) => isWrite(method) && /^\/(api\/v1|auth)\//.test(url))
    .map(({ method, url }) => `${method} ${url}`);
  const checked = writes().map(([method, route]) => `${method} ${route}`);
  expect([...new Set(served)].sort()).toEqual([...checked, ...signing].sort());
});

it("VC-08 nothing is changed by a write that is only checked", async () => {
  const before = await kept();
  expect(before.length).toBeGreaterThan(20);
  for (const [method, route, url, body] of writes()) {
    const answer = await test.call(admin, method, `${url}${url.includes("?") ? "&" : "?"}dryRun=true`, body);
    expect(answer.statusCode, `${method} ${route}: ${answer.body}`).toBeLessThan(300);
    expect(answer.body, `${method} ${route}`).not.toMatch(/ink_|ini_/);
    expect(await kept(), `${method} ${route}`).toEqual(before);
  }
  // The same writes happen when they are meant, so the first pass could have changed something.
  for (const [method, route, url, body] of writes()) {
    const earlier = await kept();
    const answer = await test.call(admin, method, url, body);
    expect(answer.statusCode, `${method} ${route}: ${answer.body}`).toBeLessThan(300);
    await eventually(async () => expect(await kept(), `${method} ${route}`).not.toEqual(earlier));
  }
});

it("VC-08 what would be refused is refused with the same words", async () => {
  const refused: [Method, string, object?][] = [
    ["DELETE", "/api/v1/projects/red"],
    ["DELETE", "/api/v1/projects/none"],
    ["DELETE", "/api/v1/groups/none"],
    ["DELETE", "/api/v1/filters/none"],
    ["DELETE", "/api/v1/members?kind=User&name=nobody"],
    ["DELETE", "/api/v1/keys/aaaaaaaaaaaaaaaa"],
    ["POST", "/api/v1/projects", { name: "blue" }],
    ["PUT", "/api/v1/settings/user-quota", { ...quota, cpu: 1 }],
    ["PUT", "/api/v1/settings/api-keys", { perUser: 0 }],
  ];
  for (const [method, url, body] of refused) {
    const [asked, meant] = [
      await test.call(admin, method, `${url}${url.includes("?") ? "&" : "?"}dryRun=true`, body),
      await test.call(admin, method, url, body),
    ];
    expect(meant.statusCode, `${method} ${url}: ${meant.body}`).toBeGreaterThanOrEqual(400);
    const told = ({ statusCode, body: text }: typeof asked) => [statusCode, JSON.parse(text).error.message];
    expect(told(asked), `${method} ${url}`).toEqual(told(meant));
  }
});
