import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { tunnelPaths } from "@inkube/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { connectFakeAgent, type FakeAgent, placeOn } from "../testing/fake-agent.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { makeProjects } from "../testing/two-projects.ts";

const secret = "kind: Config # of the administrator";

let test: TestHub;
let agent: FakeAgent;
let url: string;
let viewer: string;
beforeAll(async () => {
  test = await startTestHub();
  await makeProjects(test, await test.adminKey(), "red");
  url = await test.listen();
  agent = await connectFakeAgent(test, url, "edge", ({ path }) => ({
    status: 200,
    body: path.toLowerCase().includes("inkube") ? secret : "inside",
  }));
  await placeOn(test, "edge", "red", "red-one");
  await test.bind("inkube:nested-cluster-viewer", "rosa", "red");
  viewer = await test.keyFor("rosa");
  await eventually(async () => {
    expect((await test.call(viewer, "GET", "/clusters/red/red-one/api")).body).toBe("inside");
  });
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

/** Sends the path exactly as it is written here. */
async function send(token: string, path: string, upgrade?: string) {
  const connection = upgrade === undefined ? {} : { connection: "Upgrade", upgrade };
  const sent = request(url, { path, headers: { authorization: `Bearer ${token}`, ...connection } });
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return { status: answer.statusCode, body: await text(answer) };
}

describe("what agents answer themselves is asked by the hub alone:", () => {
  it.each([...Object.values(tunnelPaths), "/inkube/", "/inkube/ca?a=b"])("%s", async (path) => {
    const [asked, admin] = [agent.seen.length, await test.adminKey()];
    for (const token of [viewer, admin]) {
      for (const upgrade of [undefined, "websocket"]) {
        const answer = await send(token, `/clusters/red/red-one${path}`, upgrade);
        expect(answer.status).toBe(404);
        expect(answer.body).not.toContain(secret);
      }
    }
    expect(agent.seen.slice(asked)).toEqual([]);
  });

  it("and no other way of writing them is one of them", async () => {
    const known: string[] = Object.values(tunnelPaths);
    const written = ["//inkube/ca", "/./inkube/ca", "/x/../inkube/ca", "/%69nkube/kubeconfig", "/inkube%2fkubeconfig"];
    const asked = agent.seen.length;
    for (const path of written) await send(viewer, `/clusters/red/red-one${path}`);
    for (const { path } of agent.seen.slice(asked)) expect(known).not.toContain(path);
  });
});
