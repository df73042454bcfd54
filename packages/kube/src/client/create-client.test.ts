import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import http from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ClusterConfig } from "../config/cluster-config.ts";
import { resources } from "../resources.ts";
import { FakeClock } from "../testing/index.ts";
import { createClient } from "./create-client.ts";
import { isKubeError, type KubeError } from "./kube-error.ts";

const ref = { namespace: "default", name: "a" };
const type = resources.configmaps;

interface Call {
  method: string;
  url: URL;
  headers: http.IncomingHttpHeaders;
  body: string;
}

type Answer = { status?: number; json?: unknown; text?: string; headers?: Record<string, string>; reset?: boolean };

/** An HTTP server that answers as told, call by call; the last answer repeats. */
async function open(answers: Answer[], config: Partial<ClusterConfig> = {}, clock = new FakeClock()) {
  const calls: Call[] = [];
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? "/", "http://host");
    calls.push({ method: request.method ?? "", url, headers: request.headers, body });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer?.reset) {
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(answer?.status ?? 200, answer?.headers);
    response.end(answer?.text ?? JSON.stringify(answer?.json ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = createClient({ server: `http://127.0.0.1:${port}/prefix`, ...config }, { clock, random: () => 0.5 });
  return {
    client,
    calls,
    server,
    async [Symbol.asyncDispose]() {
      await client.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function status(code: number, reason: string, more: object = {}): Answer {
  return { status: code, json: { kind: "Status", status: "Failure", code, reason, message: `${reason}!`, ...more } };
}

async function failure(work: Promise<unknown>): Promise<KubeError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isKubeError(error)) throw new Error(`Not a KubeError: ${String(error)}`);
  return error;
}

describe("A client", () => {
  it("keeps the path of the server's URL as a prefix", async () => {
    await using t = await open([{ json: { metadata: { name: "a" } } }]);
    await t.client.get(type, ref);
    expect(t.calls[0]?.url.pathname).toBe("/prefix/api/v1/namespaces/default/configmaps/a");
  });

  it("takes only the API server's own word that an object is missing", async () => {
    await using missing = await open([status(404, "NotFound")]);
    expect(await missing.client.get(type, ref)).toBeUndefined();
    expect(await missing.client.delete(type, ref)).toBe(false);
    await using proxy = await open([{ status: 404, text: "404 page not found\n" }]);
    expect(await failure(proxy.client.get(type, ref))).toMatchObject({ code: "notFound", reason: "" });
    expect(await failure(proxy.client.delete(type, ref))).toMatchObject({ code: "notFound" });
  });

  it.each([
    [401, "Unauthorized", "unauthorized"],
    [403, "Forbidden", "forbidden"],
    [404, "NotFound", "notFound"],
    [409, "AlreadyExists", "alreadyExists"],
    [409, "Conflict", "conflict"],
    [410, "Expired", "gone"],
    [410, "Gone", "gone"],
    [422, "Invalid", "invalid"],
    [400, "BadRequest", "invalid"],
    [429, "TooManyRequests", "throttled"],
    [500, "InternalError", "server"],
    [503, "ServiceUnavailable", "server"],
    [504, "Timeout", "timeout"],
  ])("maps %d %s to %s", async (code, reason, expected) => {
    await using t = await open([status(code, reason)]);
    const error = await failure(t.client.create(type, { metadata: ref }));
    expect(error).toMatchObject({ code: expected, status: code, reason });
    expect(error.message).toMatch(
      /^POST http:\/\/127\.0\.0\.1:\d+\/prefix\/api\/v1\/namespaces\/default\/configmaps: \d+: \w+!$/,
    );
  });

  it("says how long a throttled caller must wait", async () => {
    await using t = await open([{ ...status(429, "TooManyRequests"), headers: { "retry-after": "7" } }]);
    expect((await failure(t.client.list(type))).retryAfterMs).toBe(7_000);
  });

  it("reads every page and gives items their kind, without managedFields", async () => {
    const item = (name: string) => ({ metadata: { name, managedFields: [{}] } });
    await using t = await open([
      { json: { metadata: { resourceVersion: "5", continue: "next" }, items: [item("a")] } },
      { json: { metadata: { resourceVersion: "5" }, items: [item("b")] } },
    ]);
    const list = await t.client.list(type, { labelSelector: "a=b" });
    expect(list).toEqual({
      resourceVersion: "5",
      items: ["a", "b"].map((name) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } })),
    });
    expect(t.calls.map(({ url }) => [url.searchParams.get("limit"), url.searchParams.get("continue")])).toEqual([
      ["500", null],
      ["500", "next"],
    ]);
    expect(t.calls[1]?.url.searchParams.get("labelSelector")).toBe("a=b");
  });

  it("asks for the whole list at once when the next page has expired", async () => {
    await using t = await open([
      { json: { metadata: { resourceVersion: "5", continue: "next" }, items: [{ metadata: { name: "old" } }] } },
      status(410, "Expired"),
      { json: { metadata: { resourceVersion: "9" }, items: [{ metadata: { name: "new" } }] } },
    ]);
    const list = await t.client.list(type);
    expect([list.resourceVersion, list.items.map((item) => item.metadata.name)]).toEqual(["9", ["new"]]);
    expect(t.calls[2]?.url.searchParams.has("limit")).toBe(false);
  });

  it("repeats a GET once when the connection breaks, and a write never", async () => {
    await using read = await open([{ reset: true }, { json: { metadata: { name: "a" } } }]);
    expect(await read.client.get(type, ref)).toMatchObject({ metadata: { name: "a" } });
    await using dead = await open([{ reset: true }]);
    expect(await failure(dead.client.get(type, ref))).toMatchObject({ code: "unreachable", status: 0 });
    expect(dead.calls).toHaveLength(2);
    await using write = await open([{ reset: true }]);
    expect(await failure(write.client.create(type, { metadata: ref }))).toMatchObject({ code: "unreachable" });
    expect(write.calls).toHaveLength(1);
  });

  it("tells another uid from another version when a delete meets a conflict", async () => {
    const conflict = status(409, "Conflict");
    await using other = await open([conflict, { json: { metadata: { name: "a", uid: "2" } } }]);
    expect(await other.client.delete(type, ref, { uid: "1" })).toBe(false);
    await using same = await open([conflict, { json: { metadata: { name: "a", uid: "1" } } }]);
    const deleting = same.client.delete(type, ref, { uid: "1", resourceVersion: "3" });
    expect(await failure(deleting)).toMatchObject({ code: "conflict" });
    expect(JSON.parse(same.calls[0]?.body ?? "")).toMatchObject({ preconditions: { uid: "1", resourceVersion: "3" } });
  });

  it("asks for a delete that is only checked where the server looks: in the body", async () => {
    await using t = await open([{ json: { status: "Success" } }]);
    expect(await t.client.delete(type, ref, { dryRun: true })).toBe(true);
    expect(JSON.parse(t.calls[0]?.body ?? "")).toMatchObject({ kind: "DeleteOptions", dryRun: ["All"] });
  });

  it("sends an apply with its manager, and force only when told", async () => {
    await using t = await open([{ json: { metadata: ref } }]);
    await t.client.apply(type, { metadata: ref }, { fieldManager: "me" });
    await t.client.apply(
      type,
      { metadata: ref },
      { fieldManager: "me", force: true, dryRun: true, subresource: "status" },
    );
    expect(t.calls.map(({ url }) => url.pathname + url.search)).toEqual([
      "/prefix/api/v1/namespaces/default/configmaps/a?fieldManager=me",
      "/prefix/api/v1/namespaces/default/configmaps/a/status?dryRun=All&fieldManager=me&force=true",
    ]);
    expect(t.calls[0]?.headers["content-type"]).toBe("application/apply-patch+yaml");
    expect(JSON.parse(t.calls[0]?.body ?? "")).toMatchObject({ apiVersion: "v1", kind: "ConfigMap" });
  });

  it("does not let a name out of its place in the URL", async () => {
    await using t = await open([status(404, "NotFound")]);
    await t.client.get(type, { namespace: "default", name: "../../secrets/x?y" });
    expect(t.calls[0]?.url.pathname).toBe("/prefix/api/v1/namespaces/default/configmaps/..%2F..%2Fsecrets%2Fx%3Fy");
    expect(await failure(t.client.get(type, { name: "a" }))).toMatchObject({ code: "invalid" });
  });

  it("acts as somebody else when told", async () => {
    const impersonate = { user: "jane", groups: ["a", "b"], extra: { "example.com/scope": ["x"] } };
    await using t = await open([{ json: { metadata: ref } }], { token: "secret", impersonate });
    await t.client.get(type, ref);
    expect(t.calls[0]?.headers).toMatchObject({
      authorization: "Bearer secret",
      "impersonate-user": "jane",
      "impersonate-group": "a, b",
      "impersonate-extra-example.com%2fscope": "x",
    });
  });

  it("reads its token file again after a minute, and at once when the server refuses the token", async () => {
    const dir = await mkdtemp(join(tmpdir(), "kube-"));
    const tokenFile = join(dir, "token");
    let written = 0;
    const write = async (token: string) => {
      await writeFile(tokenFile, `${token}\n`);
      written += 1;
      await utimes(tokenFile, written, written);
    };
    try {
      await write("one");
      const clock = new FakeClock();
      const found = { json: { metadata: ref } };
      await using t = await open([found, found, found, status(401, "Unauthorized"), found], { tokenFile }, clock);
      const used = () => t.calls.map(({ headers }) => headers.authorization);
      await t.client.get(type, ref);
      await write("two");
      await t.client.get(type, ref);
      expect(used()).toEqual(["Bearer one", "Bearer one"]);
      await clock.advance(60_001);
      await t.client.get(type, ref);
      await write("three");
      await t.client.get(type, ref);
      expect(used().slice(2)).toEqual(["Bearer two", "Bearer two", "Bearer three"]);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it("asks a watch to send bookmarks and to end after a random time, and reports an expired version as gone", async () => {
    const added = { type: "ADDED", object: { metadata: { name: "a" } } };
    const expired = { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old" } };
    await using t = await open([{ text: `${JSON.stringify(added)}\n${JSON.stringify(expired)}\n` }]);
    const seen: unknown[] = [];
    let opened = 0;
    const watching = (async () => {
      for await (const event of t.client.watch(type, { resourceVersion: "4", onOpen: () => void opened++ }))
        seen.push(event);
    })();
    expect(await failure(watching)).toMatchObject({ code: "gone", status: 410 });
    expect([seen, opened]).toEqual([[added], 1]);
    expect(t.calls[0]?.url.search).toBe("?watch=true&allowWatchBookmarks=true&resourceVersion=4&timeoutSeconds=450");
  });

  it("reports a watch that is refused, without calling it open", async () => {
    await using t = await open([status(403, "Forbidden")]);
    let opened = 0;
    const watching = (async () => {
      for await (const _ of t.client.watch(type, { resourceVersion: "4", onOpen: () => void opened++ }));
    })();
    expect(await failure(watching)).toMatchObject({ code: "forbidden" });
    expect(opened).toBe(0);
  });

  it("closes the connection of a watch whose reader stops", async () => {
    await using t = await open([{}]);
    t.server.removeAllListeners("request");
    const closed = new Promise<void>((resolve) => {
      t.server.on("request", (request, response) => {
        request.socket.on("close", () => resolve());
        response.write(`${JSON.stringify({ type: "ADDED", object: { metadata: { name: "a" } } })}\n`);
      });
    });
    for await (const event of t.client.watch(type, { resourceVersion: "1" })) {
      expect(event.type).toBe("ADDED");
      break;
    }
    await closed;
  });

  it("streams a raw answer of any status", async () => {
    await using t = await open([{ status: 418, text: "x".repeat(500_000), headers: { "x-a": "b" } }]);
    const answer = await t.client.raw({ method: "POST", path: "/anything?x=1", body: "hello" });
    let size = 0;
    for await (const chunk of answer.body) size += chunk.length;
    expect([answer.status, answer.headers["x-a"], size, t.calls[0]?.body]).toEqual([418, "b", 500_000, "hello"]);
  });

  it("hands an upgraded connection over with what arrived early", async () => {
    await using t = await open([{}]);
    t.server.on("upgrade", (_request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\nearly");
      socket.on("data", (chunk: Buffer) => socket.end(`echo ${String(chunk)}`));
    });
    const answer = await t.client.upgrade({ method: "POST", path: "/x", headers: { Upgrade: "SPDY/3.1" } });
    expect([answer.status, answer.headers.upgrade]).toEqual([101, "SPDY/3.1"]);
    let text = "";
    answer.socket?.write("late");
    for await (const chunk of answer.socket ?? []) text += String(chunk);
    expect(text).toBe("earlyecho late");
  });

  it("gives the body of a refused upgrade", async () => {
    await using t = await open([{ status: 403, text: "no" }]);
    expect(await t.client.upgrade({ method: "GET", path: "/x", headers: { Upgrade: "websocket" } })).toMatchObject({
      status: 403,
      body: "no",
    });
  });

  it("reaches the server through a proxy, requests and upgrades alike, with the proxy's own password", async () => {
    await using t = await open([{ json: { metadata: { name: "a" } } }]);
    t.server.on("upgrade", (_request, socket) =>
      socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nhello"),
    );
    const asked: (string | undefined)[] = [];
    const proxy = http.createServer().on("connect", (request, socket) => {
      asked.push(request.url, request.headers["proxy-authorization"]);
      // Only the proxy knows where the server is, so nothing gets there without it.
      const onward = connect((t.server.address() as AddressInfo).port, "127.0.0.1", () =>
        socket.write("HTTP/1.1 200 OK\r\n\r\n"),
      );
      socket.pipe(onward).pipe(socket);
      for (const each of [socket, onward]) each.on("error", () => {});
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const server = "http://cluster.invalid";
    const proxyUrl = `http://me:pass@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const client = createClient({ server, proxyUrl });
    expect(await client.get(type, ref)).toMatchObject({ metadata: { name: "a" } });
    const { socket } = await client.upgrade({ method: "GET", path: "/x", headers: { upgrade: "x" } });
    let text = "";
    for await (const chunk of socket ?? []) text += String(chunk);
    expect(text).toBe("hello");
    const authorization = `Basic ${Buffer.from("me:pass").toString("base64")}`;
    expect(asked).toEqual(["cluster.invalid:80", authorization, "cluster.invalid:80", authorization]);
    await client.close();
    proxy.close();
  });

  it("gives up a request when its signal is aborted, before or during it", async () => {
    await using t = await open([{}]);
    t.server.removeAllListeners("request");
    const abort = new AbortController();
    const waiting = failure(t.client.get(type, ref, { signal: abort.signal }));
    t.server.once("request", () => abort.abort());
    expect(await waiting).toMatchObject({ code: "aborted" });
    expect(await failure(t.client.get(type, ref, { signal: AbortSignal.abort() }))).toMatchObject({ code: "aborted" });
  });

  it("calls a server that never answers a timeout", async () => {
    await using t = await open([{}], { requestTimeoutMs: 50 });
    t.server.removeAllListeners("request");
    expect(await failure(t.client.get(type, ref))).toMatchObject({ code: "timeout" });
  });
});
