import { randomBytes } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { AgentAnswer, AgentRequest } from "../agent/answer.ts";
import { eventually } from "../testing/eventually.ts";
import { connectTunnel } from "../testing/index.ts";
import { TunnelMessageError, TunnelStreamError } from "../tunnel-errors.ts";
import type { TunnelUpgradeResponse } from "./tunnel.ts";

/** A TCP server of which each connection is served by `serve`. */
async function startServer(serve: (socket: Socket) => void): Promise<{ dial(): Promise<Socket> } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    async dial() {
      const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
      socket.on("error", () => {});
      await once(socket, "connect");
      return socket;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function opened(answer: TunnelUpgradeResponse): Duplex {
  expect(answer.status).toBe(101);
  if (!answer.socket) throw new Error("no socket");
  return answer.socket;
}

const upgrade = { protocol: "SPDY/3.1", path: "/exec?command=sh" };

describe("an upgrade through a tunnel", () => {
  it("says what was asked and hands over a raw connection both ways", async () => {
    const seen: AgentRequest[] = [];
    await using server = await startServer((socket) => socket.pipe(socket));
    await using end = await connectTunnel(async (request) => {
      seen.push(request);
      return { status: 101, headers: { "Sec-WebSocket-Accept": "yes" }, socket: await server.dial() };
    });
    const headers = { "Sec-WebSocket-Key": "abc", Connection: "Upgrade", Upgrade: "SPDY/3.1", "Content-Length": "0" };
    const answer = await end.tunnel.upgrade({ ...upgrade, method: "POST", headers });
    const socket = opened(answer);
    expect(answer.headers).toEqual({ "sec-websocket-accept": "yes" });
    expect(seen[0]).toMatchObject({ method: "POST", path: upgrade.path, upgrade: "SPDY/3.1" });
    expect(seen[0]?.headers).toEqual({ "sec-websocket-key": "abc" });
    const data = randomBytes(3_000_000);
    socket.end(data);
    expect((await buffer(socket)).equals(data)).toBe(true);
    await eventually("it has ended", () => end.tunnel.openStreams === 0);
  });

  it("lets the server answer after the user has ended", async () => {
    await using server = await startServer((socket) => {
      let asked = "";
      socket.on("data", (chunk) => {
        asked += chunk;
      });
      socket.on("end", () => socket.end(`got ${asked}`));
    });
    await using end = await connectTunnel(async () => ({ status: 101, socket: await server.dial() }));
    const socket = opened(await end.tunnel.upgrade(upgrade));
    socket.end("question");
    expect(await text(socket)).toBe("got question");
  });

  it("lets the user go on after the server has ended", async () => {
    const got = Promise.withResolvers<string>();
    await using server = await startServer((socket) => {
      socket.end("bye");
      void text(socket).then(got.resolve);
    });
    await using end = await connectTunnel(async () => ({ status: 101, socket: await server.dial() }));
    const socket = opened(await end.tunnel.upgrade(upgrade));
    const said: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => said.push(chunk));
    await once(socket, "end");
    expect(Buffer.concat(said).toString()).toBe("bye");
    socket.end("one more word");
    expect(await got.promise).toBe("one more word");
    await eventually("it has ended", () => end.tunnel.openStreams === 0);
  });

  it("brings everything to a server that has ended and reads slowly", async () => {
    const go = Promise.withResolvers<void>();
    const all = Promise.withResolvers<void>();
    const got: Buffer[] = [];
    const server = new Duplex({
      read() {
        this.push(null);
      },
      write(chunk: Buffer, _encoding, done) {
        got.push(chunk);
        void go.promise.then(() => done());
      },
      final(done) {
        all.resolve();
        done();
      },
    });
    await using end = await connectTunnel(() => ({ status: 101, socket: server }));
    const socket = opened(await end.tunnel.upgrade(upgrade));
    const data = randomBytes(60_000);
    for (let at = 0; at < data.length; at += 1000) socket.write(data.subarray(at, at + 1000));
    socket.end();
    socket.resume();
    await once(socket, "close");
    await eventually("it has ended on the wire", () => end.tunnel.openStreams === 0 && got.length > 0);
    go.resolve();
    await all.promise;
    expect(Buffer.concat(got).equals(data)).toBe(true);
  });

  it("is one of two hundred at once", async () => {
    await using server = await startServer((socket) => socket.pipe(socket));
    await using end = await connectTunnel(async () => ({ status: 101, socket: await server.dial() }));
    const sockets = await Promise.all(
      Array.from({ length: 200 }, async () => opened(await end.tunnel.upgrade(upgrade))),
    );
    expect(end.tunnel.openStreams).toBe(200);
    const echoes = await Promise.all(
      sockets.map((socket, i) => {
        for (let line = 0; line < 50; line += 1) socket.write(`${i}:${line}\n`);
        socket.end();
        return text(socket);
      }),
    );
    const expected = sockets.map((_, i) => Array.from({ length: 50 }, (_, line) => `${i}:${line}\n`).join(""));
    expect(echoes).toEqual(expected);
    await eventually("all have ended", () => end.tunnel.openStreams === 0);
  });

  it("that the handler refuses has the status and body of the refusal", async () => {
    await using end = await connectTunnel(() => ({ status: 403, headers: { a: "b" }, body: "pods/exec is forbidden" }));
    expect(await end.tunnel.upgrade(upgrade)).toEqual({
      status: 403,
      headers: { a: "b" },
      body: "pods/exec is forbidden",
    });
    await eventually("it has ended", () => end.tunnel.openStreams === 0);
  });

  it("that is refused at length is cut at 64 KiB", async () => {
    await using end = await connectTunnel(() => ({ status: 500, body: Buffer.alloc(5_000_000, "x") }));
    expect((await end.tunnel.upgrade(upgrade)).body?.length).toBe(64 * 1024);
    await eventually("it has ended", () => end.tunnel.openStreams === 0);
  });

  it.each<[string, () => AgentAnswer]>([
    ["answered with 200 instead", () => ({ status: 200, body: "plain page" })],
    ["consented to without a socket", () => ({ status: 101 }) as never],
    ["consented to with a header with a line break", () => ({ status: 101, headers: { a: "\r\n" }, socket: broken() })],
  ])("that is %s is answered with 502", async (_why, answer) => {
    await using end = await connectTunnel(answer);
    const { status, socket, body } = await end.tunnel.upgrade(upgrade);
    expect({ status, socket }).toEqual({ status: 502, socket: undefined });
    expect(JSON.parse(body ?? "")).toMatchObject({ code: "TUNNEL_HANDLER_FAILED" });
  });

  it("is cancelled by its signal on both sides", async () => {
    const ended = Promise.withResolvers<void>();
    await using server = await startServer((socket) => socket.once("close", () => ended.resolve()).resume());
    const signals: AbortSignal[] = [];
    await using end = await connectTunnel(async (_request, signal) => {
      signals.push(signal);
      return { status: 101, socket: await server.dial() };
    });
    const cancel = new AbortController();
    const socket = opened(await end.tunnel.upgrade({ ...upgrade, signal: cancel.signal }));
    cancel.abort(new Error("the user has left"));
    await expect(text(socket)).rejects.toThrow("the user has left");
    await eventually("the handler knows", () => signals[0]?.aborted === true);
  });

  it("breaks with an error when the server's connection breaks", async () => {
    await using server = await startServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    await using end = await connectTunnel(async () => ({ status: 101, socket: await server.dial() }));
    const socket = opened(await end.tunnel.upgrade(upgrade));
    socket.write("x");
    await expect(text(socket)).rejects.toBeInstanceOf(TunnelStreamError);
  });

  it("releases the server's connection when the user destroys the socket", async () => {
    const ends: Socket[] = [];
    await using server = await startServer((socket) => ends.push(socket.resume()));
    await using end = await connectTunnel(async () => ({ status: 101, socket: await server.dial() }));
    opened(await end.tunnel.upgrade(upgrade)).destroy();
    await eventually("the server's end has closed", () => ends[0]?.readableEnded === true || ends[0]?.closed === true);
  });

  it("releases a socket that comes when the user has left", async () => {
    const asked = Promise.withResolvers<void>();
    const consent = Promise.withResolvers<AgentAnswer>();
    await using end = await connectTunnel(() => {
      asked.resolve();
      return consent.promise;
    });
    const cancel = new AbortController();
    const answer = end.tunnel.upgrade({ ...upgrade, signal: cancel.signal });
    await asked.promise;
    cancel.abort(new Error("gone"));
    await expect(answer).rejects.toThrow("gone");
    await eventually("it has ended", () => end.tunnel.openStreams === 0);
    const socket = broken();
    // The cancellation is on its way to the agent; what follows on the same connection comes after it.
    await end.tunnel.upgrade({ ...upgrade, signal: AbortSignal.abort() }).catch(() => {});
    consent.resolve({ status: 101, socket });
    await eventually("the socket is released", () => socket.destroyed);
  });

  it.each([
    ["protocol", { ...upgrade, protocol: "web socket" }],
    ["protocol with a line break", { ...upgrade, protocol: "websocket\r\nx: y" }],
    ["path", { ...upgrade, path: "exec" }],
    ["method", { ...upgrade, method: "GET\r\n" }],
    ["header", { ...upgrade, headers: { "sec-websocket-key": "a\r\nb: c" } }],
  ])("with a malformed %s is not sent", async (_what, request) => {
    await using end = await connectTunnel(() => ({ status: 403 }));
    await expect(end.tunnel.upgrade(request)).rejects.toBeInstanceOf(TunnelMessageError);
  });

  it("carries a real WebSocket handshake of HTTP/1.1 to a real server", async () => {
    const web = http.createServer();
    web.on("upgrade", (request, socket: Socket) => {
      socket.on("error", () => {});
      const key = request.headers["sec-websocket-key"];
      socket.write(
        `HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}!\r\n\r\nhello `,
      );
      socket.pipe(socket);
    });
    web.listen(0, "127.0.0.1");
    await once(web, "listening");
    await using end = await connectTunnel(({ path, headers, upgrade: protocol }) => {
      const { port } = web.address() as AddressInfo;
      const request = http.get({ port, path, headers: { ...headers, connection: "Upgrade", upgrade: protocol } });
      return new Promise((resolve, reject) => {
        request.on("error", reject);
        request.on("upgrade", (response, socket, head) => {
          socket.unshift(head);
          resolve({ status: 101, headers: response.headers, socket });
        });
      });
    });
    const answer = await end.tunnel.upgrade({
      protocol: "websocket",
      path: "/",
      headers: { "sec-websocket-key": "k" },
    });
    expect(answer.headers).toEqual({ "sec-websocket-accept": "k!" });
    const socket = opened(answer);
    socket.end("world");
    expect(await text(socket)).toBe("hello world");
    web.close();
  });
});

/** A socket that leads nowhere. */
function broken(): Duplex {
  return new Duplex({ read() {}, write() {} });
}
