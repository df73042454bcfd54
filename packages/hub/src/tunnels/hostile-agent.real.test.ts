import { Readable } from "node:stream";
import type { AgentAnswer } from "@inkube/tunnel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectFakeAgent, type FakeAgent, placeOn } from "../testing/fake-agent.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { makeHost, makeProjects } from "../testing/two-projects.ts";

let test: TestHub;
let admin: string;
let agent: FakeAgent;
let kubeconfig: AgentAnswer;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
  await makeProjects(test, admin, "red");
  await makeHost(test, admin, "edge");
  agent = await connectFakeAgent(test, await test.listen(), "edge", ({ path }) =>
    path === "/inkube/kubeconfig" ? kubeconfig : { status: 200, headers: lies, body: "<script>alert(1)</script>" },
  );
  await placeOn(test, "edge", "red", "red-one");
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

const lies = {
  "content-type": "text/html",
  "set-cookie": "inkube-session=theirs; Path=/",
  "access-control-allow-origin": "https://example.com",
  "access-control-allow-credentials": "true",
  "cache-control": "public, max-age=31536000",
  "content-security-policy": "default-src *",
  "strict-transport-security": "max-age=0",
  "clear-site-data": '"*"',
};
const path = "/clusters/red/red-one/api/v1/namespaces/a/services/web/proxy/";

describe("what runs on a host, or in a nested cluster,", () => {
  it("plants no cookie in a browser, opens nothing to other sites, and is no page of the hub's", async () => {
    const answer = await test.call(admin, "GET", path, undefined, { origin: "https://example.com" });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "text/html"]);
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": expect.stringMatching(/^default-src 'none'.*sandbox$/),
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
    });
    const names = Object.keys(answer.headers).filter((name) => /^(set-cookie|access-control|clear-site)/.test(name));
    expect(names).toEqual([]);
  });

  it("gives nobody a kubeconfig that runs a program, and none that does not end", async () => {
    const ask = () => test.call(admin, "GET", "/api/v1/projects/red/clusters/red-one/kubeconfig?via=endpoint");
    const users = [{ name: "x", user: { exec: { command: "/bin/sh", args: ["-c", "id"] } } }];
    const clusters = [{ name: "x", cluster: { server: "https://a.example.com" } }];
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(65_536, "x"));
      },
    });
    for (const body of [JSON.stringify({ clusters, users }), endless]) {
      kubeconfig = { status: 200, body };
      const answer = await ask();
      expect([answer.statusCode, answer.json().error.code]).toEqual([502, "KUBE_SERVER"]);
      expect(answer.body).not.toMatch(/bin\/sh|xxx/);
    }
    await expect.poll(() => endless.destroyed, { timeout: 60_000 }).toBe(true);
  });
});
