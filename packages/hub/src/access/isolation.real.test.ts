import { type NestedCluster, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { connectFakeAgent, type FakeAgent, placeOn } from "../testing/fake-agent.ts";
import { expectNoSecretTold } from "../testing/no-secret-told.ts";
import { startTestHub, type TestHub, type TestRoute } from "../testing/test-hub.ts";
import { clusterBody, makeProjects, passthrough } from "../testing/two-projects.ts";

let test: TestHub;
let agent: FakeAgent;
let admin: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  await makeProjects(test, admin, "red", "blue");
  agent = await connectFakeAgent(test, await test.listen(), "edge", () => ({ status: 200, body: "agent-words" }));
  for (const project of ["red", "blue"]) await placeOn(test, "edge", project, `${project}-one`);
  await test.bind("inkube:project-admin", "rosa", "red");
  await test.bind("inkube:project-admin", "bert", "blue");
  const [rosa, bert] = [await test.keyFor("rosa"), await test.keyFor("bert")];
  await eventually(async () => {
    expect((await test.call(rosa, "GET", "/api/v1/projects/red/clusters/red-one")).statusCode).toBe(200);
    expect((await test.call(bert, "GET", "/api/v1/projects/blue/clusters/blue-one")).statusCode).toBe(200);
  });
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

/** Paths of routes that pass everything on. */
const behindStars: Record<string, string[]> = {
  "/kubernetes/*": [
    passthrough("blue"),
    passthrough("blue", "blue-one"),
    `${passthrough("blue", "blue-one")}/status`,
    `${passthrough("blue")}?watch=true&timeoutSeconds=1`,
    passthrough("red/../blue"),
    passthrough("red/%2e%2e/blue"),
    `/kubernetes/apis/inkube.dev/v1alpha1/${nestedClusters.plural}`,
    `/kubernetes/apis/inkube.dev/v1alpha1/${nestedClusters.plural}?fieldSelector=metadata.name%3Dblue-one`,
    "/kubernetes/api/v1/namespaces/blue",
    "/kubernetes/api/v1/namespaces/blue/events",
    "/kubernetes/api/v1/namespaces/blue/secrets",
    "/kubernetes/apis/rbac.authorization.k8s.io/v1/namespaces/blue/rolebindings",
    "/kubernetes/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "/kubernetes/api/v1/namespaces/inkube-system/secrets",
  ],
  "/clusters/*": [
    "/clusters/blue/blue-one/api/v1/pods",
    "/clusters/blue/blue-one/inkube/kubeconfig",
    "/clusters/red/../blue/blue-one/api",
    "/clusters/red/%2e%2e/blue/blue-one/api",
    "/clusters/red%2f..%2fblue/blue-one/api",
    "/clusters//blue/blue-one/api",
    "/clusters/blue%2fblue-one/api",
    "/clusters/red/blue-one/api",
    "/clusters/blue/red-one/api",
  ],
};

/** What never ends is tried where it is tested. */
const endless = ["/api/v1/watch"];

/** Everything that a body of one of our routes may need, with names of the other project. */
const body = {
  ...clusterBody("blue-new"),
  name: "own",
  description: "x",
  selector: "claims",
  subject: { kind: "User", name: "rosa" },
  subjects: [{ kind: "User", name: "rosa" }],
  role: "inkube:project-admin",
};

function urlsOf({ url }: TestRoute, keyId: string): string[] {
  if (url.endsWith("*")) return behindStars[url] ?? [];
  const values: Record<string, string> = { project: "blue", name: "blue-one", id: keyId, token: "x" };
  const filled = url.replace(/:([a-z]+)/gi, (_, word: string) => values[word] ?? "blue-one");
  const queries = ["", "?project=blue", "?name=blue&label=&via=endpoint", "?kind=User&name=bert", "?via=hub"];
  return queries.map((query) => filled + query);
}

async function stateOfBlue(): Promise<unknown> {
  const namespace = "blue";
  const objects = await Promise.all(
    [nestedClusters, resources.roles, resources.rolebindings, resources.secrets].map((type) =>
      test.admin.list(type, { namespace }),
    ),
  );
  // The placement controller goes on writing the status meanwhile.
  const kept = objects.flatMap(({ items }) =>
    items.map(({ metadata: { name, uid, generation, labels, deletionTimestamp }, spec, rules, subjects }) => {
      return { name, uid, generation, labels, deletionTimestamp, spec, rules, subjects };
    }),
  );
  return [kept, (await test.admin.get(resources.namespaces, { name: namespace }))?.metadata.uid];
}

describe("a member of project red", () => {
  it("reaches nothing of project blue by any route that there is", async () => {
    expect(test.routes.length).toBeGreaterThan(30);
    const [bert, reading] = [await test.keyFor("bert"), await test.keyFor("rosa")];
    const { id } = (await test.call(bert, "POST", "/api/v1/keys", { name: "of-bert" })).json() as { id: string };
    const before = await stateOfBlue();
    const asked = agent.seen.length;
    const known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let calls = 0;
    for (const route of test.routes) {
      if (!known.includes(route.method) || endless.includes(route.url)) continue;
      const method = route.method as "GET";
      const urls = urlsOf(route, id);
      expect(urls.length, `${route.url} is not tried`).toBeGreaterThan(0);
      for (const url of urls) {
        // A new one for each change, as some routes end the session.
        const answer =
          method === "GET"
            ? await test.call(reading, method, url)
            : await test.call(await test.keyFor("rosa"), method, url, body);
        calls += 1;
        if (answer.statusCode >= 300) continue;
        expect(answer.body, `${method} ${url} answered ${answer.statusCode}`).not.toMatch(
          /\b(blue|bert)\b|agent-words/,
        );
      }
    }
    expect(calls).toBeGreaterThan(100);
    expect(agent.seen.slice(asked).map(({ headers }) => headers["inkube-project"])).not.toContain("blue");
    expect(await stateOfBlue()).toEqual(before);
    expect((await test.call(bert, "GET", "/api/v1/me")).statusCode).toBe(200);
  });

  it("gets a 403 for the objects, kubeconfig, audit rows and tunnel of project blue, as for what is not there", async () => {
    const rosa = await test.keyFor("rosa");
    for (const path of [
      "/api/v1/projects/blue/clusters/blue-one",
      "/api/v1/projects/blue/clusters/blue-one/kubeconfig",
      "/api/v1/projects/blue/clusters/blue-one/kubeconfig?via=endpoint",
      "/api/v1/audit?project=blue",
      passthrough("blue", "blue-one"),
      "/clusters/blue/blue-one/api",
    ]) {
      const answer = await test.call(rosa, "GET", path);
      expect(answer.statusCode, path).toBe(403);
      const missing = await test.call(rosa, "GET", path.replaceAll("blue", "grey"));
      expect(missing.statusCode, path).toBe(403);
      const words = (text: string) => JSON.parse(text.replaceAll("grey", "blue"));
      const told = [answer, missing].map((one) => words(one.body).error?.message ?? words(one.body).message);
      expect(told[1], path).toBe(told[0]);
    }
    const own = await test.call(rosa, "GET", "/clusters/red/red-one/api");
    expect([own.statusCode, own.body]).toEqual([200, "agent-words"]);
  });

  it("loses what he had as soon as the binding is gone", async () => {
    const rosa = await test.keyFor("rosa");
    const binding = { namespace: "red", name: "inkube-project-admin-rosa" };
    const reach = async () => [
      (await test.call(rosa, "GET", "/api/v1/projects/red/clusters/red-one")).statusCode,
      (await test.call(rosa, "GET", passthrough("red", "red-one"))).statusCode,
      (await test.call(rosa, "GET", "/clusters/red/red-one/api")).statusCode,
      ((await test.call(rosa, "GET", "/api/v1/clusters")).json().items as NestedCluster[]).length,
      ((await test.call(rosa, "GET", "/api/v1/audit")).json().items as unknown[]).length > 0,
    ];
    expect(await reach()).toEqual([200, 200, 200, 1, true]);
    expect(await test.admin.delete(resources.rolebindings, binding)).toBe(true);
    await eventually(async () => expect(await reach()).toEqual([403, 403, 403, 0, false]));
  });

  it("and whatever was tried, nobody's secret is told", async () => {
    await expectNoSecretTold(test, { known: [admin] });
  });
});
