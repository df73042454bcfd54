import { nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { credentialNamespace, idempotencyLabel } from "../credentials/credential.ts";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { clusterBody, makeProjects } from "../testing/two-projects.ts";

let test: TestHub;
let admin: string;
let other: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  other = await test.keyFor("otto", ["inkube:administrators"]);
  await makeProjects(test, admin, "red", "blue");
});
afterAll(() => test[Symbol.asyncDispose]());

const subjects = [{ kind: "User", name: "mia" }];
const filter = { name: "claims", selector: "team=claims", role: "inkube:nested-cluster-viewer", subjects };
const creates: [url: string, body: object][] = [
  ["/api/v1/projects", { name: "green", description: "first" }],
  ["/api/v1/projects/red/clusters", clusterBody("red-two")],
  ["/api/v1/hosts", { metadata: { name: "far" }, spec: {} }],
  ["/api/v1/groups", { metadata: { name: "main" }, spec: { hosts: [] } }],
  ["/api/v1/filters", filter],
];
const post = (token: string, url: string, body: object, key?: string) =>
  test.call(token, "POST", url, body, key === undefined ? {} : { "idempotency-key": key });

describe("API-01 a create that is sent again", () => {
  it.each(creates)(
    "to %s finds what it made; without the same key of the same person it is refused",
    async (url, body) => {
      expect((await post(admin, url, body, "once")).statusCode).toBe(201);
      const again = await post(admin, url, body, "once");
      expect(again.statusCode, again.body).toBe(200);
      for (const [token, key] of [
        [admin, "twice"],
        [admin, undefined],
        [other, "once"],
      ] as const) {
        const refused = await post(token, url, body, key);
        expect(refused.statusCode, refused.body).toBe(409);
        expect(refused.json().error.code).toBe("KUBE_ALREADY_EXISTS");
      }
    },
  );

  it("at the same moment makes one object", async () => {
    const body = clusterBody("blue-two");
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(admin, "/api/v1/projects/blue/clusters", body, "eight")),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([...Array(7).fill(200), 201]);
    const uids = new Set(answers.map((answer) => answer.json().metadata.uid));
    expect(uids.size).toBe(1);
    expect(await test.admin.get(nestedClusters, { namespace: "blue", name: "blue-two" })).toBeDefined();
  });
});

describe("KEY-01 an API key whose create is sent again", () => {
  const works = async (token: string): Promise<number> => (await test.call(token, "GET", "/api/v1/me")).statusCode;
  const kept = async (mark: string | undefined) => {
    const { items } = await test.admin.list(resources.secrets, {
      namespace: credentialNamespace,
      labelSelector: `${idempotencyLabel}=${mark}`,
    });
    return items;
  };
  const markOf = async (id: string): Promise<string | undefined> => {
    const secret = await test.admin.get(resources.secrets, {
      namespace: credentialNamespace,
      name: `credential-${id}`,
    });
    return secret?.metadata.labels?.[idempotencyLabel];
  };

  it("replaces the one that may not have arrived", async () => {
    const first = await post(admin, "/api/v1/keys", { name: "ci" }, "ci-1");
    expect(first.statusCode, first.body).toBe(201);
    const second = await post(admin, "/api/v1/keys", { name: "ci" }, "ci-1");
    expect(second.statusCode, second.body).toBe(201);
    expect(second.json().token).not.toBe(first.json().token);
    expect(await works(second.json().token)).toBe(200);
    await eventually(async () => expect(await works(first.json().token)).toBe(401));
    expect(await kept(await markOf(second.json().id))).toHaveLength(1);
    await eventually(async () => {
      const { items } = (await test.call(admin, "GET", "/api/v1/keys")).json() as { items: { name: string }[] };
      expect(items.filter(({ name }) => name === "ci")).toHaveLength(1);
    });
    expect((await post(admin, "/api/v1/keys", { name: "ci" }, "ci-2")).statusCode).toBe(409);
    expect((await post(admin, "/api/v1/keys", { name: "deploy" }, "ci-1")).statusCode).toBe(201);
    expect((await post(other, "/api/v1/keys", { name: "ci" }, "ci-1")).statusCode).toBe(201);
    expect(await works(second.json().token)).toBe(200);
  });

  it("is one, whose token was told, however many are sent at the same moment", async () => {
    for (let round = 1; round <= 5; round += 1) {
      const key = `storm-${round}`;
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => post(admin, "/api/v1/keys", { name: key }, key)),
      );
      const told = answers
        .filter(({ statusCode }) => statusCode === 201)
        .map((answer) => answer.json() as { id: string });
      for (const answer of answers) expect([201, 409], answer.body).toContain(answer.statusCode);
      expect(told).not.toEqual([]);
      const marks = await Promise.all(told.map(({ id }) => markOf(id)));
      const [left, ...more] = await kept(marks.find((mark) => mark !== undefined));
      expect(more).toEqual([]);
      expect(told.map(({ id }) => `credential-${id}`)).toContain(left?.metadata.name);
      for (const { id } of told) if (`credential-${id}` === left?.metadata.name) await test.credentials.remove(id);
    }
  });
});
