import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { administrators } from "../auth/principal.ts";
import { eventually } from "../testing/eventually.ts";
import { connectFakeAgent, type FakeAgent, placeOn } from "../testing/fake-agent.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { makeProjects, passthrough } from "../testing/two-projects.ts";

let test: TestHub;
let agent: FakeAgent;
let url: string;
let rosa: string;
beforeAll(async () => {
  test = await startTestHub();
  await makeProjects(test, await test.adminKey(), "red", "blue");
  url = await test.listen();
  agent = await connectFakeAgent(test, url, "edge", () => ({ status: 200, body: "inside" }));
  for (const project of ["red", "blue"]) await placeOn(test, "edge", project, `${project}-one`);
  await test.bind("inkube:nested-cluster-viewer", "rosa", "red");
  rosa = await test.keyFor("rosa");
  await eventually(async () => {
    expect((await test.call(rosa, "GET", "/api/v1/projects/red/clusters/red-one")).statusCode).toBe(200);
  });
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

/** Sends headers exactly as they are written here, doubles included. */
async function send(method: string, path: string, headers: string[], body = "") {
  const sent = request(url + path, { method, headers: ["Host", new URL(url).host, ...headers] as never });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return { status: answer.statusCode, body: await text(answer) };
}

const lies: [string, string[]][] = [
  ["impersonation", ["Impersonate-User", "root", "Impersonate-Group", "system:masters", "Impersonate-Uid", "0"]],
  [
    "doubled impersonation",
    [
      "impersonate-user",
      "root",
      "IMPERSONATE-USER",
      "admin",
      "Impersonate-Group",
      "a",
      "impersonate-group",
      administrators,
    ],
  ],
  ["extra of impersonation", ["Impersonate-Extra-Scopes", "all", "impersonate-extra-acme.com%2fx", "y"]],
  ["a front proxy", ["X-Remote-User", "root", "X-Remote-Group", "system:masters", "x-remote-extra-a", "b"]],
  ["our own words", ["Inkube-Project", "blue", "inkube-cluster", "blue-one", "INKUBE-UID", "1", "inkube-user", "root"]],
  ["hop by hop", ["Connection", "close, impersonate-user, authorization, x-request-id", "Impersonate-User", "root"]],
  ["hop by hop of what the hub adds", ["Connection", "close, inkube-project, impersonate-group", "TE", "trailers"]],
  ["where it comes from", ["X-Forwarded-For", "10.0.0.1", "Forwarded", "for=10.0.0.1", "X-Forwarded-User", "root"]],
  ["underscores", ["Impersonate_User", "root", "X_Remote_User", "root"]],
];

describe("whatever headers say, the caller is who the credential is:", () => {
  it.each(lies)("%s", async (_, headers) => {
    const key = ["Authorization", `Bearer ${rosa}`];
    for (const sent of [
      [...key, ...headers],
      [...headers, ...key],
    ]) {
      const me = await send("GET", "/api/v1/me", sent);
      expect(JSON.parse(me.body)).toMatchObject({ user: "rosa", groups: ["inkube:users", "system:authenticated"] });
      const asked = agent.seen.length;
      expect((await send("GET", "/clusters/red/red-one/api", sent)).status).toBe(200);
      const [seen] = agent.seen.slice(asked);
      expect(seen?.headers).toMatchObject({
        "impersonate-user": "rosa",
        "impersonate-group": "inkube:inside-view",
        "inkube-project": "red",
        "inkube-cluster": "red-one",
      });
      const known = ["impersonate-user", "impersonate-group", "inkube-project", "inkube-cluster", "inkube-uid"];
      const suspicious = Object.keys(seen?.headers ?? {}).filter((name) =>
        /^(impersonate|inkube|x-remote|auth)/.test(name),
      );
      expect(suspicious.filter((name) => !known.includes(name) && !name.includes("_"))).toEqual([]);
      expect((await send("GET", passthrough("red", "red-one"), sent)).status).toBe(200);
      for (const path of [
        passthrough("blue", "blue-one"),
        "/clusters/blue/blue-one/api",
        "/api/v1/projects/blue/clusters/blue-one",
      ]) {
        expect((await send("GET", path, sent)).status, path).toBe(403);
      }
      const review = JSON.stringify({
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: {
          resourceAttributes: { namespace: "red", verb: "delete", group: "inkube.dev", resource: "nestedclusters" },
        },
      });
      const path = "/kubernetes/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
      const answer = await send(
        "POST",
        path,
        [...sent, "Content-Type", "application/json", "Content-Length", String(review.length)],
        review,
      );
      expect(JSON.parse(answer.body).status?.allowed, answer.body).toBe(false);
    }
  });

  it("nor does a second credential count", async () => {
    const admin = await test.adminKey();
    const both = ["Authorization", `Bearer ${rosa}`, "Authorization", `Bearer ${admin}`];
    const answer = await send("GET", "/api/v1/me", both);
    // Node keeps the first of doubled Authorization headers.
    expect(answer.status === 401 || JSON.parse(answer.body).user === "rosa", answer.body).toBe(true);
    for (const headers of [
      ["Proxy-Authorization", `Bearer ${admin}`],
      ["X-Api-Key", admin],
      ["Sec-WebSocket-Protocol", `base64url.bearer.authorization.k8s.io.${admin}`],
    ]) {
      expect((await send("GET", "/api/v1/me", headers)).status).toBe(401);
      const asRosa = await send("GET", "/api/v1/me", ["Authorization", `Bearer ${rosa}`, ...headers]);
      expect(JSON.parse(asRosa.body).user).toBe("rosa");
    }
  });

  it("and the audit log has who it was and where it came from", async () => {
    const forged = ["Authorization", `Bearer ${rosa}`, "Impersonate-User", "root", "X-Forwarded-For", "10.0.0.1"];
    expect((await send("DELETE", passthrough("red", "red-one"), forged)).status).toBe(403);
    const [row] = (await test.store.audit.list({ limit: 1 })).items;
    expect(row).toMatchObject({ actor: "rosa", action: "delete", status: 403, project: "red", name: "red-one" });
    expect(row?.sourceAddress).toContain("127.0.0.1");
  });
});
