import { promisify } from "node:util";
import { agentPaths } from "@inkube/api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mostOfUser } from "../live/live-feed.ts";
import { readEvents } from "../live/testing/event-reader.ts";
import { askBriefly } from "../testing/brief-request.ts";
import { eventually } from "../testing/eventually.ts";
import { connectFakeAgent, type FakeAgent, placeOn } from "../testing/fake-agent.ts";
import { expectHarmless } from "../testing/harmless.ts";
import { type HostileRequest, hostileRequest, type KnownNames } from "../testing/hostile-requests.ts";
import { keptNames, makeKnownNames } from "../testing/known-names.ts";
import { expectNoSecretTold } from "../testing/no-secret-told.ts";
import { startTestHub, type TestHub, type TestRoute } from "../testing/test-hub.ts";
import { makeHost, makeProjects } from "../testing/two-projects.ts";

/** fast-check prints it with the path of a failure, by which the very same requests are made again. */
const seed = 20260;
const requestsOfRoute = 120;

let test: TestHub;
let listening: string;
let agent: FakeAgent;
let callers: Record<string, string | undefined>;
let known: KnownNames;
beforeAll(async () => {
  test = await startTestHub();
  const admin = await test.adminKey();
  await makeProjects(test, admin, "red", "blue");
  await makeHost(test, admin, "edge");
  listening = await test.listen();
  agent = await connectFakeAgent(test, listening, "edge", () => ({ status: 200, body: "inside" }));
  for (const project of ["red", "blue"]) await placeOn(test, "edge", project, `${project}-one`);
  await test.bind("inkube:project-admin", "rosa", "red");
  const host = await test.credentials.issue({ kind: "host", subject: "edge", name: "edge" });
  const member = await test.keyFor("rosa");
  callers = { nobody: undefined, member, administrator: admin, host: host.token };
  known = await makeKnownNames(test, admin, member);
  await eventually(async () => {
    expect((await test.call(callers.member, "GET", "/clusters/red/red-one/api")).statusCode).toBe(200);
  });
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

/** What never ends is asked over a connection that is cut, by fewer: each holds it for a while. */
const endless: readonly string[] = [agentPaths.wanted, "/api/v1/watch"];
const requestsOfEndless = 40;
let addresses = 0;

async function throwAt(route: TestRoute, caller: string, request: HostileRequest): Promise<void> {
  const { url, headers, payload } = request;
  if (route.method === "DELETE" && keptNames.test(url)) return;
  const token = callers[caller];
  const authorized = { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const answer = endless.includes(route.url)
    ? await askBriefly(listening, { method: route.method, path: url, headers: authorized })
    : await inject(route, { ...request, headers: authorized });
  const what = `${caller}: ${route.method} ${url.slice(0, 300)} ${JSON.stringify(headers)} ${payload?.slice(0, 600) ?? ""}`;
  const secrets = Object.values(callers).flatMap((secret) => secret ?? []);
  expectHarmless(answer, secrets, what);
  if (caller === "member" && endless.includes(route.url)) expect(answer.body, what).not.toContain('"blue');
  for (const name of Object.keys(answer.headers)) expect(name, what).not.toMatch(/^(access-control|x-injected)/);
}

function inject({ method }: TestRoute, { url, headers, payload }: HostileRequest) {
  addresses += 1;
  return test.hub.server.inject({
    method: method as "GET",
    url,
    headers,
    remoteAddress: `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`,
    signal: AbortSignal.timeout(60_000),
    ...(payload !== undefined && { payload }),
  });
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
      const numRuns = endless.includes(route.url) ? requestsOfEndless : requestsOfRoute;
      await fc.assert(property, { seed: seedOf(route), numRuns, endOnFailure: true });
    }
    for (const path of ["clusters", "hosts/edge", "groups/edges"]) {
      expect((await test.call(callers.administrator, "GET", `/api/v1/${path}`)).statusCode, path).toBe(200);
    }
    expect((await test.call(callers.administrator, "GET", "/api/v1/filters")).body).toContain("red-filter");
    expect((await test.call(callers.member, "GET", "/clusters/red/red-one/api")).body).toBe("inside");
    expect(test.log.entries.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("holds no connection and no stream of those who broke off", async () => {
    const server = test.hub.server.server;
    const open = promisify(server.getConnections.bind(server));
    // The tunnel of the agent.
    await eventually(async () => expect(await open()).toBe(1));
    const readers = Array.from({ length: mostOfUser }, () => readEvents(listening, callers.member ?? ""));
    for (const reader of await Promise.all(readers)) await reader[Symbol.asyncDispose]();
  });

  it("tells nobody a secret, in the log, the audit log, Events or objects", async () => {
    await expectNoSecretTold(test, { known: Object.values(callers).flatMap((token) => token ?? []) });
  });
});
