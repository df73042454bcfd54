import { agentPaths, hostClusters, nestedClusters } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { expectHarmless } from "../testing/harmless.ts";
import { openWanted, report } from "../testing/host-calls.ts";
import { expectNoSecretTold } from "../testing/no-secret-told.ts";
import type { TestHub } from "../testing/test-hub.ts";
import { startTwoHosts, type TwoHosts } from "../testing/two-hosts.ts";
import { clusterBody, makeHost, passthrough } from "../testing/two-projects.ts";

let scene: TwoHosts;
let test: TestHub;
let stolen: string;
beforeAll(async () => {
  scene = await startTwoHosts();
  ({ test, stolen } = scene);
});
afterAll(() => scene[Symbol.asyncDispose]());

/** All that the credential must not change, without what the hub's controllers write meanwhile. */
async function everythingElse(): Promise<unknown> {
  const types = [nestedClusters, hostClusters, resources.roles, resources.rolebindings, resources.clusterrolebindings];
  const lists = await Promise.all([...types, resources.namespaces].map((type) => test.admin.list(type)));
  const objects = lists.flatMap(({ items }) => items);
  return objects.map(({ metadata: { name, namespace, uid, labels, finalizers, deletionTimestamp }, spec, rules }) => {
    return { name, namespace, uid, labels, finalizers, deletionTimestamp, spec, rules };
  });
}

/** Routes that are open to everybody, and so to whoever has this credential. */
const open = /^\/(auth\/|api\/v1\/openapi\.json$)/;

describe("a stolen host credential", () => {
  it("opens no route but those of agents, sent as a bearer token or as a session's cookie", async () => {
    const before = await everythingElse();
    const body = {
      ...clusterBody("red-new"),
      name: "x",
      role: "inkube:administrator",
      subject: { kind: "User", name: "x" },
    };
    const rests: Record<string, string[]> = {
      "/kubernetes/*": [passthrough("red"), passthrough("red", "red-one"), "/kubernetes/api/v1/namespaces"],
      "/clusters/*": ["/clusters/red/red-one/api", "/clusters/red/red-one/inkube/kubeconfig"],
    };
    const values: Record<string, string> = { project: "red", name: "red-one", id: "a".repeat(16), token: stolen };
    let calls = 0;
    for (const { method, url: pattern } of test.routes) {
      if (open.test(pattern) || pattern === agentPaths.wanted || pattern === agentPaths.report) continue;
      for (const path of rests[pattern] ?? [pattern.replace(/:([a-z]+)/gi, (_, word: string) => values[word] ?? "x")]) {
        const sent = method === "GET" || method === "HEAD" ? undefined : body;
        const cookie = { cookie: `inkube-session=${stolen}`, "x-inkube-csrf": "1" };
        for (const [token, headers] of [[stolen, {}] as const, [undefined, cookie] as const]) {
          const answer = await test.call(token, method as "GET", path, sent, headers);
          calls += 1;
          expect(answer.statusCode, `${method} ${path}`).toBeGreaterThanOrEqual(400);
          expectHarmless(answer, [stolen], `${method} ${path}`);
        }
      }
    }
    expect(calls).toBeGreaterThan(80);
    expect(await everythingElse()).toEqual(before);
  });

  it("is told what is wanted of its own host, and of no other", async () => {
    const { lines, stop } = await openWanted(scene.url, stolen);
    stop();
    const told = lines.filter((line) => line.type === "cluster");
    expect(told.map(({ project, name }) => `${project}/${name}`)).toEqual(["red/red-one"]);
    expect(JSON.stringify(lines)).not.toMatch(/blue|far/);
  });

  it("gets no request for a nested cluster of another host, whatever it says when it dials", async () => {
    const asked = scene.agents.edge.seen.length;
    const answer = await test.call(scene.admin, "GET", "/clusters/blue/blue-one/api");
    expect([answer.statusCode, answer.body]).toEqual([200, "told by far"]);
    expect(scene.agents.edge.seen.slice(asked)).toEqual([]);
  });

  it("is dead at once when it is revoked: what is open ends, and nothing opens again", async () => {
    const { token, credential } = await test.credentials.issue({ kind: "host", subject: "edge", name: "edge" });
    const wanted = await eventually(() => openWanted(scene.url, token));
    const other = await openWanted(scene.url, stolen);
    expect(await test.credentials.revoke(credential.id)).toBe(true);
    await wanted.closed;
    await expect(openWanted(scene.url, token)).rejects.toThrow("Status 401");
    expect((await report(test, token, { host: {} })).statusCode).toBe(401);
    expect((await report(test, stolen, { host: {} })).statusCode).toBe(200);
    other.stop();
  });

  it("is dead when its host is removed", async () => {
    await makeHost(test, scene.admin, "gone");
    const { token } = await test.credentials.issue({ kind: "host", subject: "gone", name: "gone" });
    const wanted = await openWanted(scene.url, token);
    expect((await test.call(scene.admin, "DELETE", "/api/v1/hosts/gone")).statusCode).toBe(202);
    await wanted.closed;
    await eventually(async () => expect((await report(test, token, { host: {} })).statusCode).toBe(401));
  });

  it("and what all of them did tells nobody a secret", async () => {
    await expectNoSecretTold(test, { known: [stolen, scene.admin] });
    expect(test.log.entries.filter(({ level }) => level === "error")).toEqual([]);
  });
});
