import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { agentPaths, hostClusters } from "@inkube/api";
import { systemClock } from "@inkube/kube";
import { openTunnel } from "@inkube/tunnel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { administrators } from "../auth/principal.ts";
import { eventually } from "../testing/eventually.ts";
import { placeOn } from "../testing/fake-agent.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { makeHost, makeProjects } from "../testing/two-projects.ts";

let test: TestHub;
let admin: string;
let url: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  await makeProjects(test, admin, "red");
  await makeHost(test, admin, "edge");
  url = await test.listen();
});
afterAll(() => test[Symbol.asyncDispose]());

/** A request whose body has begun; it was let in by its credential. */
async function half(token: string, method: string, path: string, body: string): Promise<ClientRequest> {
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
    "content-length": String(body.length),
    expect: "100-continue",
  };
  const sent = request(url + path, { method, headers });
  sent.on("error", () => undefined);
  sent.flushHeaders();
  await once(sent, "continue");
  sent.write(body.slice(0, 5));
  return sent;
}

/** What the rest of the body is answered with; undefined when the connection is cut. */
async function finish(
  sent: ClientRequest,
  body: string,
): Promise<{ status: number | undefined; body: string } | undefined> {
  const answered = once(sent, "response").catch(() => undefined);
  sent.end(body.slice(5));
  const [answer] = ((await answered) ?? []) as [IncomingMessage?];
  return answer && { status: answer.statusCode, body: await text(answer) };
}

const group = (name: string) =>
  JSON.stringify({ metadata: { name }, spec: { hosts: [{ name: "edge" }], distro: "k8s" } });

describe("a request that begins before its credential ends, and goes on afterwards,", () => {
  const ends: [string, (id: string) => Promise<boolean>][] = [
    ["revoked", (id) => test.credentials.revoke(id)],
    ["deleted", (id) => test.credentials.remove(id)],
  ];
  it.each(ends)("changes nothing when it was %s", async (how, end) => {
    const paths = ["/api/v1/groups", "/kubernetes/apis/inkube.dev/v1alpha1/clustergroups"];
    for (const [index, path] of paths.entries()) {
      const wanted = { kind: "api-key" as const, subject: "root", groups: [administrators], name: "slow" };
      const { token, credential } = await test.credentials.issue(wanted);
      const name = `late-${how}-${index}`;
      const object = { apiVersion: "inkube.dev/v1alpha1", kind: "ClusterGroup", ...JSON.parse(group(name)) };
      const body = JSON.stringify(object);
      const sent = await half(token, "POST", path, body);
      expect(await end(credential.id)).toBe(true);
      await eventually(async () => expect((await test.call(token, "GET", "/api/v1/me")).statusCode).toBe(401));
      const answer = await finish(sent, body);
      if (answer) expect(answer.status, answer.body).toBeOneOf([401, 499]);
      expect((await test.call(admin, "GET", `/api/v1/groups/${name}`)).statusCode).toBe(404);
    }
  });

  it("counts while its credential does", async () => {
    const body = group("in-time");
    const answer = await finish(await half(admin, "POST", "/api/v1/groups", body), body);
    expect(answer?.status, answer?.body).toBe(201);
  });

  it("reports nothing when the host's credential was revoked", async () => {
    const { token, credential } = await test.credentials.issue({ kind: "host", subject: "edge", name: "edge" });
    const body = JSON.stringify({ host: { version: "v1.99.9" } });
    const sent = await half(token, "POST", agentPaths.report, body);
    expect(await test.credentials.revoke(credential.id)).toBe(true);
    await eventually(async () => {
      expect((await test.call(token, "POST", agentPaths.report, { host: {} })).statusCode).toBe(401);
    });
    expect((await finish(sent, body))?.status).toBe(401);
    const host = await test.admin.get(hostClusters, { name: "edge" });
    expect(JSON.stringify(host)).not.toContain("v1.99.9");
  });
});

it("a tunnel ends with the credential that opened it, and carries nothing more", async () => {
  const { token, credential } = await test.credentials.issue({ kind: "host", subject: "edge", name: "edge" });
  const tunnel = openTunnel({
    url: url.replace("http", "ws") + agentPaths.tunnel,
    headers: () => ({ authorization: `Bearer ${token}` }),
    handle: () => ({ status: 200, body: "inside" }),
    clock: systemClock,
    random: Math.random,
    logger: test.log,
  });
  try {
    await eventually(() => placeOn(test, "edge", "red", "red-one"));
    const inside = () => test.call(admin, "GET", "/clusters/red/red-one/api");
    expect((await inside()).body).toBe("inside");
    expect(await test.credentials.revoke(credential.id)).toBe(true);
    await eventually(async () => expect((await inside()).statusCode).toBe(503));
    expect((await inside()).json().error.code).toBe("KUBE_UNREACHABLE");
  } finally {
    await tunnel.stop();
  }
});
