import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { AgentRequest } from "../agent/answer.ts";
import { eventually } from "../testing/eventually.ts";
import { connectTunnel } from "../testing/index.ts";
import { TunnelBusyError, TunnelClosedError, TunnelMessageError, TunnelStreamError } from "../tunnel-errors.ts";

const mebi = 1024 * 1024;
const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

async function* pieces(data: Buffer, size = 100_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

describe("a request through a tunnel", () => {
  it("arrives with method, path, headers and body, and is answered with the same", async () => {
    const seen: AgentRequest[] = [];
    const signals: AbortSignal[] = [];
    await using end = await connectTunnel(async (request, signal) => {
      seen.push(request);
      signals.push(signal);
      const body = `got ${await text(request.body)}`;
      return { status: 201, headers: { "Content-Type": "text/plain", "set-cookie": ["a=1", "b=2"] }, body };
    });
    const answer = await end.tunnel.request({
      method: "POST",
      path: "/api/v1/pods?watch=1&x=%2F",
      headers: { "Impersonate-Group": ["dev", "ops, all"], Host: "hub", Connection: "close", "x-latin": "caf\u00e9" },
      body: "question",
    });
    expect(answer.status).toBe(201);
    expect(answer.headers).toEqual({ "content-type": "text/plain", "set-cookie": ["a=1", "b=2"] });
    expect(await text(answer.body)).toBe("got question");
    expect(seen[0]).toMatchObject({ method: "POST", path: "/api/v1/pods?watch=1&x=%2F" });
    expect(seen[0]?.headers).toEqual({ "impersonate-group": ["dev", "ops, all"], "x-latin": "caf\u00e9" });
    expect(seen[0]?.upgrade).toBeUndefined();
    await eventually("it has ended", () => end.tunnel.openStreams === 0);
    await end.tunnel.request({ method: "GET", path: "/" });
    expect(signals[0]?.aborted).toBe(false);
  });

  it("is one of a thousand at once", async () => {
    await using end = await connectTunnel((request) => ({ status: 200, body: `answer to ${request.path}` }));
    const paths = Array.from({ length: 1000 }, (_, i) => `/${i}`);
    const answers = await Promise.all(
      paths.map(async (path) => text((await end.tunnel.request({ method: "GET", path })).body)),
    );
    expect(answers).toEqual(paths.map((path) => `answer to ${path}`));
    await eventually("all have ended", () => end.tunnel.openStreams === 0);
  });

  it("carries 64 MiB both ways at once", async () => {
    const data = randomBytes(64 * mebi);
    await using end = await connectTunnel((request) => ({ status: 200, body: request.body }));
    const answer = await end.tunnel.request({ method: "PUT", path: "/echo", body: pieces(data) });
    expect(sha256(await buffer(answer.body))).toBe(sha256(data));
  });

  it("carries many large bodies both ways at once over one connection", async () => {
    const data = randomBytes(8 * mebi);
    await using end = await connectTunnel((request) => ({ status: 200, body: request.body }));
    const sums = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const answer = await end.tunnel.request({ method: "PUT", path: "/echo", body: Readable.from(pieces(data)) });
        return sha256(await buffer(answer.body));
      }),
    );
    expect(new Set(sums)).toEqual(new Set([sha256(data)]));
  });

  it.each([
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ])("to %s is answered with %i and no body", async (method, status) => {
    await using end = await connectTunnel(() => ({ status, headers: { "content-length": "5" }, body: "12345" }));
    const answer = await end.tunnel.request({ method, path: "/" });
    expect(answer.status).toBe(status);
    expect(await text(answer.body)).toBe("");
    await eventually("it has ended", () => end.tunnel.openStreams === 0);
  });

  it("does not keep its place when nobody reads a short answer", async () => {
    await using end = await connectTunnel(() => ({ status: 200, body: "short" }));
    await end.tunnel.request({ method: "GET", path: "/" });
    await eventually("it has ended", () => end.tunnel.openStreams === 0);
  });

  it("is answered in full although its body is not read", async () => {
    await using end = await connectTunnel(() => ({ status: 413, body: Buffer.alloc(300_000, "x") }));
    const body = Readable.from(pieces(Buffer.alloc(16 * mebi)));
    const answer = await end.tunnel.request({ method: "POST", path: "/", body });
    expect(answer.status).toBe(413);
    expect((await buffer(answer.body)).length).toBe(300_000);
    await eventually("the body is released", () => body.destroyed);
  });

  it("may be a watch, whose answer stays open while events come", async () => {
    const events = new Readable({ read() {} });
    await using end = await connectTunnel(() => ({ status: 200, body: events }));
    const { body } = await end.tunnel.request({ method: "GET", path: "/watch" });
    for (const event of ["first", "second", "third"]) {
      events.push(event);
      const [chunk] = (await once(body, "data")) as [Buffer];
      expect(chunk.toString()).toBe(event);
    }
    expect(end.tunnel.openStreams).toBe(1);
    body.destroy();
    await eventually("the source is released", () => events.destroyed);
  });
});

describe("a cancelled request", () => {
  it("aborts the handler's signal while it waits for an answer", async () => {
    const aborted = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await using end = await connectTunnel((_request, signal) => {
      begun.resolve();
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted.resolve();
          reject(signal.reason);
        });
      });
    });
    const cancel = new AbortController();
    const answer = end.tunnel.request({ method: "GET", path: "/", signal: cancel.signal });
    await begun.promise;
    cancel.abort(new Error("the user has left"));
    await expect(answer).rejects.toThrow("the user has left");
    await aborted.promise;
    await eventually("it has ended", () => end.tunnel.openStreams === 0);
  });

  it("breaks the body of the answer and aborts the handler's signal", async () => {
    const signals: AbortSignal[] = [];
    await using end = await connectTunnel((_request, signal) => {
      signals.push(signal);
      return { status: 200, body: new Readable({ read() {} }) };
    });
    const cancel = new AbortController();
    const { body } = await end.tunnel.request({ method: "GET", path: "/", signal: cancel.signal });
    cancel.abort(new Error("the user has left"));
    await expect(text(body)).rejects.toThrow("the user has left");
    await eventually("the handler knows", () => signals[0]?.aborted === true);
  });

  it("is never sent when it was cancelled before", async () => {
    const seen: string[] = [];
    await using end = await connectTunnel((request) => {
      seen.push(request.path);
      return { status: 200 };
    });
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(end.tunnel.request({ method: "GET", path: "/a", signal })).rejects.toThrow("too late");
    await end.tunnel.request({ method: "GET", path: "/b" });
    expect(seen).toEqual(["/b"]);
  });

  it("may be one of thousands without harm to the tunnel", async () => {
    await using end = await connectTunnel((request) => {
      return request.path === "/ok" ? { status: 200, body: "ok" } : new Promise(() => {});
    });
    for (let round = 0; round < 5; round += 1) {
      const cancel = new AbortController();
      const answers = Array.from({ length: 800 }, () =>
        end.tunnel.request({ method: "GET", path: "/never", signal: cancel.signal }),
      );
      const settled = Promise.allSettled(answers);
      setImmediate(() => cancel.abort());
      expect((await settled).every(({ status }) => status === "rejected")).toBe(true);
      await eventually("all have ended", () => end.tunnel.openStreams === 0);
    }
    expect(await text((await end.tunnel.request({ method: "GET", path: "/ok" })).body)).toBe("ok");
    expect(end.hub.tunnels.length).toBe(1);
  });
});

describe("a request that fails", () => {
  it("in the handler is answered with 502 and without a stack", async () => {
    await using end = await connectTunnel(() => {
      throw new Error("connect ECONNREFUSED 10.0.0.1:6443\n    at secret.ts:1");
    });
    const answer = await end.tunnel.request({ method: "GET", path: "/" });
    expect(answer.status).toBe(502);
    const body = await text(answer.body);
    expect(JSON.parse(body)).toEqual({ code: "TUNNEL_HANDLER_FAILED", message: "connect ECONNREFUSED 10.0.0.1:6443" });
  });

  it.each([
    ["a status that is none", { status: 99 }],
    ["an interim status", { status: 103 }],
    ["an upgrade that nobody asked for", { status: 101, socket: new Readable() }],
    ["a header with a line break", { status: 200, headers: { a: "b\r\nc: d" } }],
    ["two content types", { status: 200, headers: { "content-type": ["a", "b"] } }],
  ])("because the handler answers with %s, is answered with 502", async (_why, answer) => {
    await using end = await connectTunnel(() => answer as never);
    const { status, headers } = await end.tunnel.request({ method: "GET", path: "/" });
    expect(status).toBe(502);
    expect(headers).toEqual({ "content-type": "application/json" });
  });

  it("in the middle of the answer breaks its body", async () => {
    const source = new Readable({ read() {} });
    await using end = await connectTunnel(() => ({ status: 200, body: source }));
    source.push("half");
    const { body } = await end.tunnel.request({ method: "GET", path: "/" });
    await once(body, "data");
    source.destroy(new Error("disk on fire"));
    await expect(text(body)).rejects.toBeInstanceOf(TunnelStreamError);
  });

  it("because its answer was released before its end, breaks the body too", async () => {
    const source = new Readable({ read() {} });
    await using end = await connectTunnel(() => ({ status: 200, body: source }));
    source.push("half");
    const { body } = await end.tunnel.request({ method: "GET", path: "/" });
    await once(body, "data");
    source.destroy();
    await expect(text(body)).rejects.toBeInstanceOf(TunnelStreamError);
  });

  it("because its body fails, rejects with the body's error", async () => {
    const failures: unknown[] = [];
    await using end = await connectTunnel(async (request) => {
      await text(request.body).catch((error) => failures.push(error));
      return { status: 200 };
    });
    const body = (async function* () {
      yield Buffer.from("half");
      throw new Error("upload broken");
    })();
    await expect(end.tunnel.request({ method: "POST", path: "/", body })).rejects.toThrow("upload broken");
    await eventually("the handler's body has failed", () => failures.length === 1);
  });

  it.each([
    ["a path without a slash", { method: "GET", path: "api" }],
    ["a line break in the path", { method: "GET", path: "/a\r\nb: c" }],
    ["a space in the path", { method: "GET", path: "/a HTTP/1.1" }],
    ["a method with a line break", { method: "GET\r\n", path: "/" }],
    ["CONNECT", { method: "CONNECT", path: "/" }],
    ["a line break in a header", { method: "GET", path: "/", headers: { a: "b\r\nc: d" } }],
    ["a pseudo header", { method: "GET", path: "/", headers: { ":authority": "x" } }],
    ["two content types", { method: "GET", path: "/", headers: { "content-type": ["a", "b"] } }],
  ])("because of %s is not sent", async (_why, request) => {
    await using end = await connectTunnel(() => ({ status: 200 }));
    await expect(end.tunnel.request(request)).rejects.toBeInstanceOf(TunnelMessageError);
    expect(end.tunnel.openStreams).toBe(0);
    expect((await end.tunnel.request({ method: "GET", path: "/" })).status).toBe(200);
  });

  it("because the tunnel is full is turned away at once", async () => {
    await using end = await connectTunnel(() => ({ status: 200, body: new Readable({ read() {} }) }), {
      maxStreams: 3,
    });
    const open = await Promise.all([1, 2, 3].map((i) => end.tunnel.request({ method: "GET", path: `/${i}` })));
    await expect(end.tunnel.request({ method: "GET", path: "/" })).rejects.toBeInstanceOf(TunnelBusyError);
    open[0]?.body.destroy();
    await eventually("there is a place again", () => end.tunnel.openStreams < 3);
    expect((await end.tunnel.request({ method: "GET", path: "/" })).status).toBe(200);
  });

  it("because the tunnel is closed rejects at once", async () => {
    await using end = await connectTunnel(() => new Promise(() => {}));
    const waiting = end.tunnel.request({ method: "GET", path: "/" });
    end.tunnel.close("the host was deleted");
    await expect(waiting).rejects.toBeInstanceOf(TunnelClosedError);
    const late = end.tunnel.request({ method: "GET", path: "/" });
    await expect(late).rejects.toThrow("The tunnel is closed: the host was deleted");
    await end.tunnel.closed;
  });
});
