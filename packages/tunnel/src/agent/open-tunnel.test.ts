import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Duplex, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { systemClock } from "@inkube/kube";
import { collectingLogger, FakeClock, seededRandom } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { hurriedClock } from "../testing/hurried-clock.ts";
import { connectTunnel, startTunnelHub } from "../testing/index.ts";
import { selfSigned } from "../testing/self-signed.ts";
import { TunnelClosedError } from "../tunnel-errors.ts";
import { type OpenTunnel, type OpenTunnelOptions, openTunnel } from "./open-tunnel.ts";

function open(options: Partial<OpenTunnelOptions> & { url: string }): OpenTunnel & AsyncDisposable {
  const agent = openTunnel({
    headers: () => ({}),
    handle: () => ({ status: 200, body: "hello" }),
    clock: systemClock,
    random: seededRandom(1),
    logger: collectingLogger(),
    ...options,
  });
  return {
    stop: () => agent.stop(),
    reach: (replicas) => agent.reach(replicas),
    get connected() {
      return agent.connected;
    },
    [Symbol.asyncDispose]: () => agent.stop(),
  };
}

async function hello(tunnel: { request: Awaited<ReturnType<typeof connectTunnel>>["tunnel"]["request"] }) {
  return text((await tunnel.request({ method: "GET", path: "/" })).body);
}

describe("the agent's end of a tunnel", () => {
  it("shows its headers at the handshake and says when it is connected", async () => {
    const seen: IncomingMessage[] = [];
    const calls: string[] = [];
    await using hub = await startTunnelHub({
      refuse: (request) => {
        seen.push(request);
        return undefined;
      },
    });
    await using agent = open({
      url: hub.url,
      headers: async () => ({ authorization: "Bearer abc" }),
      onConnected: () => calls.push("connected"),
      onDisconnected: (reason) => calls.push(reason),
    });
    const tunnel = await hub.nextTunnel();
    expect(await hello(tunnel)).toBe("hello");
    expect(seen[0]?.headers.authorization).toBe("Bearer abc");
    expect(seen[0]?.headers["sec-websocket-extensions"]).toBeUndefined();
    expect([agent.connected, calls]).toEqual([true, ["connected"]]);
    await agent.stop();
    await tunnel.closed;
    expect([agent.connected, calls]).toEqual([false, ["connected", "the agent is stopping"]]);
  });

  it("is stopped by its signal, at any moment", async () => {
    await using hub = await startTunnelHub();
    for (const wait of [async () => {}, async () => void (await hub.nextTunnel())]) {
      const stop = new AbortController();
      await using agent = open({ url: hub.url, signal: stop.signal });
      await wait();
      stop.abort();
      await agent.stop();
      expect(agent.connected).toBe(false);
    }
    await using never = open({ url: hub.url, signal: AbortSignal.abort() });
    await never.stop();
  });

  it("stops while the hub does not answer, and while headers do not come", async () => {
    const mute = http.createServer().on("upgrade", () => {});
    mute.listen(0, "127.0.0.1");
    await once(mute, "listening");
    const url = `ws://127.0.0.1:${(mute.address() as AddressInfo).port}/tunnel`;
    const asked = once(mute, "upgrade");
    const agent = open({ url });
    await asked;
    await agent.stop();
    await open({ url, headers: () => new Promise(() => {}) }).stop();
    mute.closeAllConnections();
    mute.close();
  });

  it("gives a dial up that takes longer than 8 s", async () => {
    let dials = 0;
    const clock = new FakeClock();
    const mute = http.createServer().on("upgrade", (_request, socket) => {
      dials += 1;
      socket.on("error", () => {});
    });
    mute.listen(0, "127.0.0.1");
    await once(mute, "listening");
    await using _agent = open({ url: `ws://127.0.0.1:${(mute.address() as AddressInfo).port}/`, clock });
    await eventually("it dials", () => dials === 1);
    await clock.advance(7_900);
    expect(dials).toBe(1);
    await clock.advance(400);
    await eventually("it dials again", () => dials === 2);
    mute.closeAllConnections();
    mute.close();
  });

  it("comes back when the hub has restarted on the same port", async () => {
    const first = await startTunnelHub();
    const { port } = first;
    const calls: string[] = [];
    await using agent = open({
      url: first.url,
      onConnected: () => calls.push("connected"),
      onDisconnected: () => calls.push("disconnected"),
    });
    await hello(await first.nextTunnel());
    await first[Symbol.asyncDispose]();
    await eventually("it knows", () => !agent.connected);
    await using second = await startTunnelHub({ port });
    expect(await hello(await second.nextTunnel())).toBe("hello");
    expect(calls).toEqual(["connected", "disconnected", "connected"]);
  });

  it("dials more and more slowly a hub that ends every tunnel at once", async () => {
    const clock = new FakeClock();
    await using hub = await startTunnelHub();
    await using agent = open({ url: hub.url, clock, random: () => 0 });
    for (const pause of [250, 500, 1000, 2000, 4000, 5000, 5000]) {
      const tunnel = await hub.nextTunnel();
      await eventually("it is connected", () => agent.connected);
      tunnel.close("not now");
      await eventually("it waits", () => !agent.connected && clock.sleeping === 1);
      const { handshakes } = hub;
      await clock.advance(pause - 1);
      expect(hub.handshakes).toBe(handshakes);
      await clock.advance(1);
    }
    await hub.nextTunnel();
  });

  it.each([401, 403, 410])("reports a refusal with %i and tries again slowly", async (status) => {
    const clock = new FakeClock();
    const logger = collectingLogger();
    const refusals: unknown[] = [];
    let refusing = true;
    await using hub = await startTunnelHub({
      refuse: () => (refusing ? { status, body: "this host was deleted" } : undefined),
    });
    await using agent = open({
      url: hub.url,
      clock,
      logger,
      onRefused: (...refusal) => {
        refusals.push(refusal);
        throw new Error("a careless callback");
      },
    });
    await eventually("it waits", () => refusals.length === 1 && clock.sleeping === 1);
    expect(refusals).toEqual([[status, "this host was deleted"]]);
    expect(logger.entries.some(({ level, message }) => level === "error" && message === "Hub refused the tunnel")).toBe(
      true,
    );
    await clock.advance(22_000);
    expect(hub.handshakes).toBe(1);
    await clock.advance(8_000);
    await eventually("it waits again", () => refusals.length === 2 && clock.sleeping === 1);
    refusing = false;
    await clock.advance(30_000);
    await hub.nextTunnel();
    await eventually("it is connected", () => agent.connected);
  });

  it("goes on after every other failure of a handshake", async () => {
    const failures: string[] = [];
    let round = 0;
    const answers = [500, 404, 200, 301];
    await using hub = await startTunnelHub({
      refuse: () => {
        const status = answers[round - 2];
        return status === undefined ? undefined : { status };
      },
    });
    const logger = collectingLogger();
    await using agent = open({
      url: hub.url,
      clock: hurriedClock,
      logger,
      headers: () => {
        round += 1;
        if (round === 1) throw new Error("no credential yet");
        return round === 6 ? { bad: "a\r\nb: c" } : {};
      },
      onRefused: (status) => failures.push(String(status)),
    });
    await hub.nextTunnel();
    await eventually("it is connected", () => agent.connected);
    expect(failures).toEqual([]);
    expect(logger.entries.filter(({ level }) => level === "warn").length).toBe(6);
  });
});

describe("a tunnel whose connection breaks", () => {
  it("fails everything that is under way, on both sides", async () => {
    const signals: AbortSignal[] = [];
    const sockets: Duplex[] = [];
    await using end = await connectTunnel(({ path, upgrade }, signal) => {
      signals.push(signal);
      if (upgrade) {
        const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
        sockets.push(socket);
        return { status: 101, socket };
      }
      return path === "/stream" ? { status: 200, body: new Readable({ read() {} }) } : new Promise(() => {});
    });
    const { tunnel } = end;
    const many = Array.from({ length: 30 });
    const waiting = many.map(() => tunnel.request({ method: "GET", path: "/wait" }));
    const uploading = many.map(() => tunnel.request({ method: "PUT", path: "/wait", body: Buffer.alloc(3_000_000) }));
    const rejected = Promise.allSettled([...waiting, ...uploading]);
    const bodies = await Promise.all(many.map(() => tunnel.request({ method: "GET", path: "/stream" })));
    const upgraded = await Promise.all(many.map(() => tunnel.upgrade({ protocol: "websocket", path: "/" })));
    for (const { socket } of upgraded) socket?.write(Buffer.alloc(3_000_000));
    const broken = Promise.allSettled([
      ...bodies.map(({ body }) => text(body)),
      ...upgraded.map(({ socket }) => text(socket ?? Readable.from([]))),
    ]);
    await eventually("all have arrived", () => signals.length === 120);
    end.hub.cut();
    for (const result of [...(await rejected), ...(await broken)]) {
      expect(result.status === "rejected" && result.reason).toBeInstanceOf(TunnelClosedError);
    }
    await tunnel.closed;
    expect(tunnel.openStreams).toBe(0);
    await expect(tunnel.request({ method: "GET", path: "/" })).rejects.toBeInstanceOf(TunnelClosedError);
    await expect(tunnel.upgrade({ protocol: "websocket", path: "/" })).rejects.toBeInstanceOf(TunnelClosedError);
    await eventually("the handlers know", () => signals.every(({ aborted }) => aborted));
    await eventually("the sockets are released", () => sockets.every(({ destroyed }) => destroyed));
    const next = await end.hub.nextTunnel();
    const { body } = await next.request({ method: "GET", path: "/stream" });
    body.destroy();
  });

  it("does not keep large transfers in both directions hanging", async () => {
    await using end = await connectTunnel(({ body }) => ({ status: 200, body }));
    const { tunnel } = end;
    for (let round = 0; round < 5; round += 1) {
      const current = round === 0 ? tunnel : await end.hub.nextTunnel();
      const echoes = await Promise.all(
        Array.from({ length: 8 }, () => current.request({ method: "PUT", path: "/", body: zeros() })),
      );
      const results = Promise.allSettled(echoes.map(({ body }) => body.resume() && text(body)));
      await once(echoes[0]?.body ?? new Readable(), "data");
      end.hub.cut();
      for (const { status } of await results) expect(status).toBe("rejected");
    }
  });
});

async function* zeros(): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(100_000);
  for (;;) yield chunk;
}

describe("the way to the hub", () => {
  it("is TLS, with an authority and a name of one's own", async () => {
    const tls = selfSigned("hub.example");
    await using hub = await startTunnelHub({ tls });
    await using agent = open({ url: hub.url, ca: tls.cert });
    expect(await hello(await hub.nextTunnel())).toBe("hello");
    await agent.stop();
    await using named = open({ url: hub.url, ca: tls.cert, tlsServerName: "hub.example" });
    expect(await hello(await hub.nextTunnel())).toBe("hello");
    await named.stop();
  });

  it.each<[string, (cert: string) => Partial<OpenTunnelOptions>]>([
    ["an authority that is not trusted", () => ({})],
    ["another name", (cert) => ({ ca: cert, tlsServerName: "other.example" })],
  ])("is not taken when the certificate is for %s", async (_why, options) => {
    const tls = selfSigned("hub.example");
    const logger = collectingLogger();
    await using hub = await startTunnelHub({ tls });
    await using agent = open({ url: hub.url, logger, ...options(tls.cert) });
    await eventually("it has failed twice", () => logger.entries.length >= 2);
    expect([agent.connected, hub.handshakes]).toEqual([false, 0]);
  });

  it("leads through a proxy that takes CONNECT", async () => {
    const tls = selfSigned();
    const seen: IncomingMessage[] = [];
    const proxy = http.createServer().on("connect", (request: IncomingMessage, socket: Socket) => {
      seen.push(request);
      const outbound = connect(Number(request.url?.split(":")[1]), "127.0.0.1");
      socket.on("error", () => outbound.destroy());
      outbound.on("error", () => socket.destroy());
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(outbound).pipe(socket);
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const proxyUrl = `http://user:pa%20ss@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    for (const options of [{}, { tls }]) {
      await using hub = await startTunnelHub(options);
      await using agent = open({ url: hub.url, proxyUrl, ca: tls.cert });
      expect(await hello(await hub.nextTunnel())).toBe("hello");
      await agent.stop();
      expect(seen.at(-1)?.url).toBe(`127.0.0.1:${hub.port}`);
    }
    expect(seen[0]?.headers["proxy-authorization"]).toBe(`Basic ${Buffer.from("user:pa ss").toString("base64")}`);
    proxy.close();
  });

  it("is tried again when the proxy refuses, without its password in the log", async () => {
    const proxy = http.createServer().on("connect", (_request, socket) => {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const logger = collectingLogger();
    const proxyUrl = `http://user:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    await using agent = open({ url: "wss://hub.example/tunnel", proxyUrl, logger });
    await eventually("it has failed twice", () => logger.entries.length >= 2);
    await agent.stop();
    expect(logger.entries.map(({ fields }) => String(fields.err)).join()).toContain("answered 407");
    expect(JSON.stringify(logger.entries)).not.toContain("secret");
    proxy.close();
  });
});
