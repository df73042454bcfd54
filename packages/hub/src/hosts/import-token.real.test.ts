import { agentPaths, newToken, parseToken } from "@inkube/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { report } from "../testing/host-calls.ts";
import { expectNoSecretTold } from "../testing/no-secret-told.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { makeHost } from "../testing/two-projects.ts";

let test: TestHub;
let admin: string;
const told: string[] = [];
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
});
afterAll(() => test[Symbol.asyncDispose]());

async function importOf(host: string): Promise<string> {
  const made = await test.call(admin, "POST", `/api/v1/hosts/${host}/import`, {});
  expect(made.statusCode, made.body).toBe(201);
  const token = (made.json() as { url: string }).url.split("/").at(-1) ?? "";
  told.push(token);
  return token;
}

async function freshImport(host: string): Promise<string> {
  await makeHost(test, admin, host);
  return importOf(host);
}

const manifest = (token: string) => test.call(undefined, "GET", `/import/${token}`);
function join(token: string, { id, hash } = newToken("host")) {
  return test.call(token, "POST", agentPaths.join, { id, hash, agentVersion: "1", version: "v1.34.4" });
}

describe("the token of an import", () => {
  it("IMP-02 gives the manifest until it is used, and lets one agent join once; sent again by the same it changes nothing", async () => {
    const token = await freshImport("one");
    for (let times = 0; times < 2; times += 1) expect((await manifest(token)).statusCode).toBe(200);
    const own = newToken("host");
    for (let times = 0; times < 2; times += 1) {
      const joined = await join(token, own);
      expect([joined.statusCode, joined.body]).toEqual([200, '{"host":"one"}']);
    }
    expect((await report(test, own.token, { host: {} })).statusCode).toBe(200);
  });

  it("is dead once it was used: it gives no manifest, and nobody else joins with it", async () => {
    const token = await freshImport("two");
    const own = newToken("host");
    expect((await join(token, own)).statusCode).toBe(200);
    const thief = newToken("host");
    for (const other of [thief, { ...own, hash: thief.hash }, { ...thief, hash: own.hash }]) {
      const refused = await join(token, other);
      expect([refused.statusCode, refused.json().error.code]).toEqual([410, "GONE"]);
    }
    expect((await manifest(token)).statusCode).toBe(410);
    expect((await report(test, thief.token, { host: {} })).statusCode).toBe(401);
    expect((await report(test, own.token, { host: {} })).statusCode).toBe(200);
  });

  it("lets one of many join who try at the same time", async () => {
    const token = await freshImport("three");
    const agents = Array.from({ length: 12 }, () => newToken("host"));
    const answers = await Promise.all(agents.map((agent) => join(token, agent)));
    const joined = agents.filter((_, index) => answers[index]?.statusCode === 200);
    expect(joined).toHaveLength(1);
    for (const agent of agents) {
      expect((await report(test, agent.token, { host: {} })).statusCode).toBe(joined.includes(agent) ? 200 : 401);
    }
  });

  it("is dead at its end, and when a new one was made", async () => {
    const replaced = await freshImport("four");
    const expiresAt = new Date(Date.now() - 1000).toISOString();
    const wanted = { kind: "import" as const, subject: "four", name: "four", description: "{}", expiresAt };
    const { token: expired } = await test.credentials.issue(wanted);
    const newest = await importOf("four");
    for (const token of [replaced, expired]) {
      expect((await join(token)).statusCode).toBe(410);
      expect([404, 410]).toContain((await manifest(token)).statusCode);
    }
    expect((await manifest(newest)).statusCode).toBe(200);
  });

  it("opens nothing else, and no other token opens an import", async () => {
    const token = await freshImport("five");
    for (const path of ["/api/v1/me", "/api/v1/hosts", "/kubernetes/api", agentPaths.wanted]) {
      expect((await test.call(token, "GET", path)).statusCode, path).toBe(401);
    }
    expect((await report(test, token, { host: {} })).statusCode).toBe(401);
    const secret = parseToken(token)?.secret ?? "";
    const guessed = token.slice(0, -secret.length) + (secret.startsWith("A") ? "B" : "A") + secret.slice(1);
    const { token: host } = await test.credentials.issue({ kind: "host", subject: "five", name: "five" });
    for (const other of [guessed, host, admin, "x", ""]) {
      expect((await join(other)).statusCode).toBe(410);
      expect((await manifest(other)).statusCode).toBe(404);
    }
    expect((await manifest(token)).statusCode).toBe(200);
  });

  it("is told nowhere but in its command", async () => {
    await expectNoSecretTold(test, { known: [...told, admin] });
  });
});
