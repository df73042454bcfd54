import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { Duplex, Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { connectFakeAgent, type FakeAgent, placeOn } from "../testing/fake-agent.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { makeProjects, passthrough } from "../testing/two-projects.ts";

let test: TestHub;
let agent: FakeAgent;
let url: string;
beforeAll(async () => {
  test = await startTestHub();
  await makeProjects(test, await test.adminKey(), "red");
  url = await test.listen();
  agent = await connectFakeAgent(test, url, "edge", ({ upgrade, path }) => {
    if (upgrade) return { status: 101, socket: endlessSocket() };
    return { status: 200, body: path.includes("watch") ? endless() : "ok" };
  });
  await placeOn(test, "edge", "red", "red-one");
  await test.bind("inkube:project-admin", "rosa", "red");
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

/** Says something at once, and then nothing for ever. */
function endless(): Readable {
  const stream = new Readable({ read: () => undefined });
  stream.push("begin\n");
  return stream;
}

function endlessSocket(): Duplex {
  const socket = new Duplex({ read: () => undefined, write: (_piece, _encoding, done) => done() });
  socket.push("begin\n");
  return socket;
}

interface OpenStream {
  /** Resolves when nothing can come any more. */
  closed: Promise<unknown>;
  ended: () => boolean;
}

async function openStream(token: string, path: string, headers: object = {}): Promise<OpenStream> {
  const sent: ClientRequest = request(url + path, { headers: { authorization: `Bearer ${token}`, ...headers } });
  sent.on("error", () => undefined);
  sent.end();
  const stream = await new Promise<Readable>((resolve, reject) => {
    sent.on("response", (answer: IncomingMessage) => {
      if (answer.statusCode === 200) resolve(answer);
      else reject(new Error(`Status ${answer.statusCode}`));
    });
    sent.on("upgrade", (_answer, socket, head) => {
      socket.unshift(head);
      resolve(socket);
    });
    sent.on("error", reject);
  });
  stream.on("error", () => undefined);
  const end = once(stream, "close").then(() => Promise.reject(new Error("It ended before it said anything")));
  await Promise.race([once(stream, "data"), end]);
  stream.resume();
  let ended = false;
  const closed = new Promise<void>((resolve) => {
    for (const event of ["close", "end", "error"]) {
      stream.on(event, () => {
        ended = true;
        resolve();
      });
    }
  });
  return { closed, ended: () => ended };
}

const upgrade = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "x",
};
const streams: [string, string, object][] = [
  ["live updates", "/api/v1/watch?project=red", {}],
  ["a watch through /kubernetes", `${passthrough("red")}?watch=true`, {}],
  ["a watch inside a nested cluster", "/clusters/red/red-one/api/v1/pods?watch=true", {}],
  ["an exec inside a nested cluster", "/clusters/red/red-one/api/v1/namespaces/a/pods/p/exec?command=sh", upgrade],
];

describe.each(streams)("%s", (_, path, headers) => {
  const opened = async (token: string) => eventually(() => openStream(token, path, headers));

  it("goes on while its credential counts, and ends as soon as that is revoked", async () => {
    const { token, credential } = await test.credentials.issue({ kind: "api-key", subject: "rosa", name: "key" });
    const other = await opened(await test.keyFor("rosa"));
    const stream = await opened(token);
    expect(await test.credentials.revoke(credential.id)).toBe(true);
    await stream.closed;
    expect(other.ended()).toBe(false);
  });

  it("ends as soon as its session is gone", async () => {
    const { token, credential } = await test.credentials.issue({ kind: "session", subject: "rosa", name: "browser" });
    const stream = await opened(token);
    expect(await test.credentials.remove(credential.id)).toBe(true);
    await stream.closed;
    expect((await test.call(token, "GET", "/api/v1/me")).statusCode).toBe(401);
  });

  it("ends when its credential expires", async () => {
    const { token, stream } = await eventually(async () => {
      const expiresAt = new Date(Date.now() + 3_000).toISOString();
      const { token } = await test.credentials.issue({ kind: "api-key", subject: "rosa", name: "short", expiresAt });
      return { token, stream: await openStream(token, path, headers) };
    });
    await stream.closed;
    expect((await test.call(token, "GET", "/api/v1/me")).statusCode).toBe(401);
  });
});

describe("AUD-01 streams into nested clusters", () => {
  it("are recorded when they begin, refused ones too; watches are not", async () => {
    const rosa = await test.keyFor("rosa");
    await eventually(() =>
      openStream(rosa, "/clusters/red/red-one/api/v1/namespaces/a/pods/audited/exec?command=hush&container=c", upgrade),
    );
    await openStream(rosa, "/clusters/red/red-one/api/v1/pods/audited?watch=true");
    const stranger = openStream(
      await test.keyFor("stranger"),
      "/clusters/red/red-one/api/v1/namespaces/a/pods/refused/exec",
      upgrade,
    );
    await expect(stranger).rejects.toThrow("Status 403");
    const { items } = await test.store.audit.list({ limit: 200, projects: ["red"] });
    const rows = items.filter(({ path }) => /audited|refused/.test(path));
    expect(rows).toMatchObject([
      { actor: "stranger", status: 403, message: "You have no access to nested cluster red/red-one" },
      { actor: "rosa", status: 101, action: "action", kind: "NestedCluster/pods", name: "red-one", method: "GET" },
    ]);
    expect(rows[1]?.path).toBe("/clusters/red/red-one/api/v1/namespaces/a/pods/audited/exec?container=c");
  });

  it("and changes inside are recorded although the caller hangs up", async () => {
    const sent = request(`${url}/clusters/red/red-one/api/v1/namespaces/a/pods/hung-up?watch=1`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${await test.keyFor("rosa")}` },
    });
    sent.on("error", () => undefined);
    sent.end();
    await eventually(() => expect(agent.seen.some(({ path }) => path.includes("hung-up"))).toBe(true));
    sent.destroy();
    await eventually(async () => {
      const { items } = await test.store.audit.list({ limit: 200, projects: ["red"], action: "delete" });
      expect(items.filter(({ path }) => path.includes("hung-up"))).toHaveLength(1);
    });
  });
});
