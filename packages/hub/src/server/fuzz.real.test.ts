import { agentPaths, names } from "@inkube/api";
import { resources } from "@inkube/kube";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { connectFakeAgent, type FakeAgent, placeOn } from "../testing/fake-agent.ts";
import { expectHarmless } from "../testing/harmless.ts";
import { type HostileRequest, hostileRequest, type KnownNames } from "../testing/hostile-requests.ts";
import { expectNoSecretTold } from "../testing/no-secret-told.ts";
import { startTestHub, type TestHub, type TestRoute } from "../testing/test-hub.ts";
import { clusterBody, makeHost, makeProjects, passthrough } from "../testing/two-projects.ts";

/** fast-check prints it with the path of a failure, by which the very same requests are made again. */
const seed = 20260;
const requestsOfRoute = 120;

let test: TestHub;
let agent: FakeAgent;
let callers: Record<string, string | undefined>;
let known: KnownNames;
beforeAll(async () => {
  test = await startTestHub();
  const admin = await test.adminKey();
  await makeProjects(test, admin, "red", "blue");
  await makeHost(test, admin, "edge");
  agent = await connectFakeAgent(test, await test.listen(), "edge", () => ({ status: 200, body: "inside" }));
  for (const project of ["red", "blue"]) await placeOn(test, "edge", project, `${project}-one`);
  await test.bind("inkube:project-admin", "rosa", "red");
  const host = await test.credentials.issue({ kind: "host", subject: "edge", name: "edge" });
  callers = { nobody: undefined, member: await test.keyFor("rosa"), administrator: admin, host: host.token };
  known = await knownNames();
  await eventually(async () => {
    expect((await test.call(callers.member, "GET", "/clusters/red/red-one/api")).statusCode).toBe(200);
  });
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

async function knownNames(): Promise<KnownNames> {
  const secret = await test.admin.get(resources.secrets, { namespace: names.systemNamespace, name: "hub-admission" });
  const { token = "" } = (secret?.data ?? {}) as { token?: string };
  const own = (await test.call(callers.member, "POST", "/api/v1/keys", { name: "own" })).json() as { id: string };
  const metadata = { name: "red-new", labels: { team: "a" }, annotations: { note: "x" } };
  const admission = (resource: string, object: object) => ({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "u",
      operation: "CREATE",
      name: "x",
      namespace: "red",
      resource: { group: "inkube.dev", version: "v1alpha1", resource },
      userInfo: { username: "rosa", groups: ["a"] },
      object,
    },
  });
  return {
    params: {
      project: ["red", "blue", "grey"],
      name: ["red-one", "blue-one", "nothing"],
      id: [own.id, "aaaaaaaaaaaaaaaa"],
      token: [Buffer.from(token, "base64").toString(), "x"],
    },
    rests: {
      "/kubernetes/*": [
        passthrough("red"),
        passthrough("red", "red-one"),
        `${passthrough("blue", "blue-one")}/status`,
        "/kubernetes/apis/inkube.dev/v1alpha1/hostclusters",
        "/kubernetes/apis/inkube.dev/v1alpha1/clustergroups/x",
        "/kubernetes/api/v1/namespaces/red/events",
        "/kubernetes/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        "/kubernetes/openapi/v3",
        "/kubernetes/version",
      ].map((path) => path.slice("/kubernetes/".length)),
      "/clusters/*": ["red/red-one/api", "blue/blue-one/api/v1/secrets", "red/red-one/inkube/kubeconfig"],
    },
    bodies: [
      { ...clusterBody("red-new"), metadata, status: { host: "edge" } },
      { metadata, spec: { nesting: true, access: "full", endpoint: { type: "Ingress", domain: "a.example.com" } } },
      { metadata, spec: { hosts: [{ name: "edge" }], limits: { cpu: "6", memory: "8Gi", storage: "10Gi" } } },
      { name: "green", description: "x", labels: { a: "b" }, days: 3, code: "x", verifier: "v".repeat(43) },
      { name: "f", selector: "a=b", role: "view", subjects: [{ kind: "User", name: "rosa" }], projects: ["red"] },
      { subject: { kind: "Group", name: "staff" }, role: "inkube:project-admin" },
      { enabled: true, clusters: 3, cpu: "2", memory: "4Gi", storage: "10Gi", separateGroups: ["a"] },
      { id: "a".repeat(16), hash: "0".repeat(64), agentVersion: "1", version: "v1.34.4" },
      { httpsProxy: "http://proxy:3128", noProxy: "a,b", caHostPath: "/a", caMountPath: "/b" },
      {
        host: { version: "v1", nodes: 1, capacity: { cpu: "1" }, conditions: [] },
        clusters: [{ project: "red", name: "red-one", uid: "u", status: { phase: "Ready" }, gone: true }],
        removed: false,
      },
      admission("nestedclusters", { ...clusterBody("red-new"), metadata }),
      admission("clustergroups", { metadata, spec: {} }),
    ],
  };
}

/** What never ends is only asked by those who are refused. */
const endless: readonly string[] = [agentPaths.wanted, "/api/v1/watch"];
let addresses = 0;

async function throwAt(route: TestRoute, caller: string, { url, headers, payload }: HostileRequest): Promise<void> {
  const token = callers[caller];
  if (token !== undefined && endless.includes(route.url)) return;
  // What later requests need stays.
  if (route.method === "DELETE" && /-one|red|blue|edge/.test(url)) return;
  addresses += 1;
  const answer = await test.hub.server.inject({
    method: route.method as "GET",
    url,
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    remoteAddress: `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`,
    signal: AbortSignal.timeout(60_000),
    ...(payload !== undefined && { payload }),
  });
  const what = `${caller}: ${route.method} ${url.slice(0, 300)} ${JSON.stringify(headers)} ${payload?.slice(0, 600) ?? ""}`;
  const secrets = Object.values(callers).flatMap((secret) => secret ?? []);
  expectHarmless(answer, secrets, what);
  for (const name of Object.keys(answer.headers)) expect(name, what).not.toMatch(/^(access-control|x-injected)/);
}

/** Another one for each route, that stays when routes come and go. */
function seedOf({ method, url }: TestRoute): number {
  return [...`${method} ${url}`].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) | 0, seed);
}

describe("every route, whoever asks,", () => {
  it("answers malformed, oversized and hostile requests without a fault, and goes on serving", async () => {
    expect(test.routes.length).toBeGreaterThan(30);
    for (const route of test.routes) {
      const caller = fc.constantFrom(...Object.keys(callers));
      const property = fc.asyncProperty(caller, hostileRequest(route, known), (who, request) =>
        throwAt(route, who, request),
      );
      await fc.assert(property, { seed: seedOf(route), numRuns: requestsOfRoute, endOnFailure: true });
    }
    expect((await test.call(callers.administrator, "GET", "/api/v1/clusters")).statusCode).toBe(200);
    expect((await test.call(callers.member, "GET", "/clusters/red/red-one/api")).body).toBe("inside");
    expect(test.log.entries.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("tells nobody a secret, in the log, the audit log, Events or objects", async () => {
    await expectNoSecretTold(test, { known: Object.values(callers).flatMap((token) => token ?? []) });
  });
});
