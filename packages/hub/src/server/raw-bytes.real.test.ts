import { agentPaths } from "@inkube/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { connectFakeAgent, type FakeAgent, placeOn } from "../testing/fake-agent.ts";
import { expectHarmless } from "../testing/harmless.ts";
import { openRaw, sendRaw, statusesIn } from "../testing/raw-http.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { makeProjects } from "../testing/two-projects.ts";

let test: TestHub;
let agent: FakeAgent;
let url: string;
let rosa: string;
let host: string;
beforeAll(async () => {
  test = await startTestHub();
  await makeProjects(test, await test.adminKey(), "red");
  url = await test.listen();
  agent = await connectFakeAgent(test, url, "edge", () => ({ status: 200, body: "inside" }));
  await placeOn(test, "edge", "red", "red-one");
  await test.bind("inkube:project-admin", "rosa", "red");
  rosa = await test.keyFor("rosa");
  host = (await test.credentials.issue({ kind: "host", subject: "other", name: "other" })).token;
  await eventually(async () => {
    expect((await test.call(rosa, "GET", "/clusters/red/red-one/api")).statusCode).toBe(200);
  });
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

async function expectServing(): Promise<void> {
  const asked = `GET /api/v1/me HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${rosa}\r\nConnection: close\r\n\r\n`;
  const { text } = await sendRaw(url, asked);
  expect(statusesIn(text)).toEqual([200]);
  expect(text).toContain('"user":"rosa"');
}

const body = (text: string): string => text.slice(text.indexOf("\r\n\r\n") + 4);
const post = "POST /api/v1/keys HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n";
const key = () => `Authorization: Bearer ${rosa}\r\n`;
const many = (count: number, line: (number: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join("");
const smuggled = "GET /api/v1/smuggled HTTP/1.1\r\nHost: hub\r\n\r\n";

/** Bytes that are no request, or one that two servers would read in two ways. */
const broken: [string, () => string | Buffer][] = [
  ["noise", () => Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) & 255))],
  ["a TLS hello", () => Buffer.from("160301020001000001fc0303".padEnd(600, "ab"), "hex")],
  ["an HTTP/2 preface", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["no version", () => "GET /\r\n\r\n"],
  ["another version", () => "GET / HTTP/9.9\r\nHost: hub\r\n\r\n"],
  ["no host", () => "GET /api/v1/me HTTP/1.1\r\n\r\n"],
  ["another method", () => "FROB /api/v1/me HTTP/1.1\r\nHost: hub\r\n\r\n"],
  ["a method with a line end", () => "GE\r\nT / HTTP/1.1\r\nHost: hub\r\n\r\n"],
  ["NUL in the path", () => "GET /api\0/v1/me HTTP/1.1\r\nHost: hub\r\n\r\n"],
  ["NUL in a header", () => "GET /api/v1/me HTTP/1.1\r\nHost: hub\r\nX: a\0b\r\n\r\n"],
  ["a huge path", () => `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: hub\r\n\r\n`],
  ["a huge header", () => `GET / HTTP/1.1\r\nHost: hub\r\nX: ${"a".repeat(100_000)}\r\n\r\n`],
  ["a flood of headers", () => `GET / HTTP/1.1\r\nHost: hub\r\n${many(20_000, (i) => `X-${i}: ${i}\r\n`)}\r\n`],
  ["a header without a name", () => "GET / HTTP/1.1\r\nHost: hub\r\n: x\r\n\r\n"],
  ["a folded header", () => "GET / HTTP/1.1\r\nHost: hub\r\nX: a\r\n b\r\n\r\n"],
  ["space before the colon", () => `GET / HTTP/1.1\r\nHost: hub\r\nContent-Length : 5\r\n\r\nhello`],
  ["two lengths", () => `${post}${key()}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}${smuggled}`],
  [
    "a length and chunks",
    () => `${post}${key()}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  ],
  ["chunks under another name", () => `${post}${key()}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
  ["chunked twice", () => `${post}${key()}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`],
  ["a negative length", () => `${post}${key()}Content-Length: -1\r\n\r\n`],
  ["a length that overflows", () => `${post}${key()}Content-Length: 99999999999999999999999\r\n\r\n`],
  ["chunks of no size", () => `${post}${key()}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
  [
    "a flood in a chunk's extension",
    () => `${post}${key()}Transfer-Encoding: chunked\r\n\r\n1;${"a".repeat(200_000)}\r\n{\r\n0\r\n\r\n`,
  ],
  ["a proxy's request", () => "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n"],
];

/** Requests that HTTP allows, and that mean harm; on a connection of their own. */
const allowed: [string, () => string][] = [
  ["an absolute address", () => "GET http://example.com/api/v1/me HTTP/1.1\r\nHost: hub\r\n"],
  ["a percent sign alone", () => "GET /api/v1/projects/% HTTP/1.1\r\nHost: hub\r\n"],
  ["bytes that are no UTF-8", () => "GET /api/v1/projects/%ff%fe%c0%af HTTP/1.1\r\nHost: hub\r\n"],
  ["a way up", () => "GET /api/v1/../../../etc/passwd HTTP/1.1\r\nHost: hub\r\n"],
  ["a way up in disguise", () => "GET /import/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: hub\r\n"],
  ["line ends in a query", () => "GET /auth/login?return=%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: hub\r\n"],
  ["another host in a query", () => "GET /auth/login?return=//example.com HTTP/1.1\r\nHost: example.com\r\n"],
  ["line ends in a token", () => "GET /api/v1/me HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer a%0d%0ab\r\n"],
  ["a body of another length than told", () => `${post}${key()}Content-Length: 2000000\r\n`],
  ["to go on first", () => `${post}${key()}Expect: 200-ok\r\nContent-Length: 2\r\n`],
  ["a trace", () => `TRACE /api/v1/me HTTP/1.1\r\nHost: hub\r\n${key()}`],
];

const upgrade = (path: string, more: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\n${more}\r\n`;
const hostKey = () => `Authorization: Bearer ${host}\r\n`;
const exec = "/clusters/red/red-one/api/v1/namespaces/a/pods/p/exec";

/** Requests to switch protocols. */
const upgrades: [string, () => string][] = [
  ["a path that switches nothing", () => upgrade("/api/v1/me", `${key()}Upgrade: websocket\r\n`)],
  ["a tunnel of nobody", () => upgrade(agentPaths.tunnel, "Upgrade: websocket\r\n")],
  ["a tunnel of a person", () => upgrade(agentPaths.tunnel, `${key()}Upgrade: websocket\r\n`)],
  ["a tunnel without a key", () => upgrade(agentPaths.tunnel, `${hostKey()}Upgrade: websocket\r\n`)],
  [
    "a tunnel of another version",
    () =>
      upgrade(
        agentPaths.tunnel,
        `${hostKey()}Upgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 99\r\n`,
      ),
  ],
  ["a tunnel by another protocol", () => upgrade(agentPaths.tunnel, `${hostKey()}Upgrade: h2c\r\n`)],
  ["a stream of nobody", () => upgrade(exec, "Upgrade: websocket\r\n")],
  ["a stream of a host", () => upgrade(exec, `${hostKey()}Upgrade: websocket\r\n`)],
  ["a stream by no protocol", () => upgrade(exec, `${key()}Upgrade: a b\x7fc\r\n`)],
  ["a way up", () => upgrade("/clusters/red/../../agent/v1/tunnel", `${hostKey()}Upgrade: websocket\r\n`)],
];

/** A WebSocket frame of a client, its mask all zeros. */
function masked(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  const size = length < 126 ? [0x80 | length] : [0xfe, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([first, ...size, 0, 0, 0, 0]), payload]);
}

describe("bytes as they come:", () => {
  it.each(broken)("%s are refused, and nothing behind them is read as a request", async (_, bytes) => {
    const { text, closed } = await sendRaw(url, bytes());
    expect(closed).toBe(true);
    const statuses = statusesIn(text);
    expect(statuses.length, text).toBeLessThan(2);
    expect(text).not.toContain("smuggled");
    for (const status of statuses) expectHarmless({ statusCode: status, body: body(text) }, [rosa], text);
    await expectServing();
  });

  it.each(allowed)("%s is answered without harm", async (_, head) => {
    const { text } = await sendRaw(url, `${head()}Connection: close\r\n\r\n{}`, (so) => so.includes("\r\n\r\n"));
    const [status = 0] = statusesIn(text);
    expect(status, text).toBeGreaterThanOrEqual(300);
    expectHarmless({ statusCode: status, body: body(text) }, [rosa], text);
    expect(text).not.toMatch(/^set-cookie: a=b|^location: .*example\.com/im);
    await expectServing();
  });

  it.each(upgrades)("to switch to %s is refused", async (_, request) => {
    const { text, closed } = await sendRaw(url, request());
    expect(closed).toBe(true);
    const [status = 0] = statusesIn(text);
    expect(status, text).toBeGreaterThanOrEqual(400);
    expectHarmless({ statusCode: status, body: body(text) }, [rosa, host], text);
    await expectServing();
  });

  it("frames on the tunnel that are none end that tunnel, and no other", async () => {
    const handshake = (token: string): string =>
      upgrade(
        agentPaths.tunnel,
        `Authorization: Bearer ${token}\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: inkube.tunnel.v1\r\n`,
      );
    const frames = [
      Buffer.from("ff".repeat(64), "hex"),
      Buffer.from("\x82\x05hello", "latin1"),
      masked(0x82, Buffer.alloc(16_384, "x")),
      Buffer.from("82ff7fffffffffffffff00000000", "hex"),
      masked(0x82, Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".padEnd(125, "\0"))),
      masked(0x88, Buffer.from([0x03])),
      masked(0x89, Buffer.alloc(200)),
    ];
    const answers = await Promise.all(
      frames.map(async (frame, number) => {
        const subject = `other-${number}`;
        const { token } = await test.credentials.issue({ kind: "host", subject, name: subject });
        return sendRaw(url, Buffer.concat([Buffer.from(handshake(token)), frame]));
      }),
    );
    for (const { text, closed } of answers) {
      expect(statusesIn(text)[0], text).toBe(101);
      expect(closed).toBe(true);
    }
    expect((await test.call(rosa, "GET", "/clusters/red/red-one/api")).body).toBe("inside");
  });

  it("a thousand connections that say half a request take no more than they should, and nobody's place", async () => {
    const before = process.memoryUsage().rss;
    const halves = await Promise.all(Array.from({ length: 1000 }, () => openRaw(url)));
    for (const socket of halves) socket.write(`${post}X-Half: ${"a".repeat(8_000)}`);
    await expectServing();
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
    for (const socket of halves) socket.destroy();
    // The last to be recorded is a change that counts: half a request holds nothing up.
    const made = await test.call(rosa, "POST", "/api/v1/keys", { name: "afterwards" });
    expect(made.statusCode, made.body).toBe(201);
    expect(test.log.entries.filter(({ level }) => level === "error")).toEqual([]);
  });
});
