import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@inkube/kube";
import { collectingLogger, seededRandom } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { openTunnel } from "../agent/open-tunnel.ts";
import type { Tunnel } from "../hub/tunnel.ts";
import { tunnelWebSocketServer } from "../hub/web-socket-server.ts";
import { eventually } from "../testing/eventually.ts";
import { hurriedClock } from "../testing/hurried-clock.ts";
import { startTunnelHub, type TunnelHub } from "../testing/index.ts";
import { TunnelError, TunnelStreamError } from "../tunnel-errors.ts";
import { subprotocol } from "./limits.ts";

const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

function frame(type: number, flags: number, stream: number, payload: Buffer | string = ""): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** A header as HPACK writes it without its table. */
function literal(name: string, value: string): Buffer {
  const text = (words: string) => Buffer.concat([Buffer.from([words.length]), Buffer.from(words, "latin1")]);
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

const settings = frame(4, 0, 0);
const ok = Buffer.from([0x88]);

/** An answer to the first request of a tunnel. */
const answers: Array<[string, Buffer]> = [
  ["a header name in capitals", frame(1, 5, 1, Buffer.concat([ok, literal("A", "b")]))],
  ["a header of one connection", frame(1, 5, 1, Buffer.concat([ok, literal("connection", "close")]))],
  ["no status", frame(1, 5, 1, literal("a", "b"))],
  ["a status that is none", frame(1, 5, 1, literal(":status", "99999"))],
  ["a broken header block", frame(1, 5, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))],
  [
    "more headers than allowed",
    frame(1, 5, 1, Buffer.concat([ok, ...Array.from({ length: 400 }, () => literal("a", "b"))])),
  ],
  ["a body before the headers", frame(0, 1, 1, "body")],
  [
    "another length than it said",
    Buffer.concat([frame(1, 4, 1, Buffer.concat([ok, literal("content-length", "9")])), frame(0, 1, 1, "x")]),
  ],
  ["a reset", frame(3, 0, 1, Buffer.from([0, 0, 0, 0]))],
  ["a promise", frame(5, 4, 1, Buffer.from([0, 0, 0, 2, 0x82, 0x84]))],
  ["a body on no stream", frame(0, 0, 0, "body")],
  ["a window beyond all bounds", frame(8, 0, 0, Buffer.from([0x7f, 0xff, 0xff, 0xff]))],
  ["settings of a wrong length", frame(4, 0, 0, "abc")],
  ["the end of HTTP/2", frame(7, 0, 0, Buffer.alloc(8))],
  ["an unasked answer", frame(1, 5, 7, ok)],
];

/** What may come instead of HTTP/2 or in the middle of it. */
const junk: Array<[string, Buffer]> = [
  ["HTTP/1.1", Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
  ["zeros", Buffer.alloc(1000)],
  ["ones", Buffer.alloc(1000, 0xff)],
  ["an enormous message", Buffer.alloc(2_000_000)],
  ["half a frame", frame(4, 0, 0, Buffer.alloc(600)).subarray(0, 100)],
];

async function hostileAgent(hub: TunnelHub): Promise<{ peer: WebSocket; tunnel: Tunnel }> {
  const peer = new WebSocket(hub.url, subprotocol, { perMessageDeflate: false });
  peer.on("error", () => {});
  const [tunnel] = await Promise.all([hub.nextTunnel(), once(peer, "open")]);
  return { peer, tunnel };
}

async function expectGoodAgentWorks(hub: TunnelHub): Promise<void> {
  const agent = openTunnel({
    ...{ url: hub.url, headers: () => ({}), clock: systemClock, random: seededRandom(1), logger: collectingLogger() },
    handle: () => ({ status: 200 }),
  });
  expect((await (await hub.nextTunnel()).request({ method: "GET", path: "/" })).status).toBe(200);
  await agent.stop();
}

describe("a hostile agent", () => {
  it.each(answers)("that answers with %s fails its own requests only", async (_what, answer) => {
    await using hub = await startTunnelHub();
    const { peer, tunnel } = await hostileAgent(hub);
    const request = tunnel.request({ method: "GET", path: "/" }).then(async ({ body }) => {
      for await (const _chunk of body);
    });
    const rejected = expect(request).rejects.toBeInstanceOf(TunnelError);
    peer.send(settings);
    await once(peer, "message");
    peer.send(answer);
    peer.send(frame(6, 0, 0, "pingping"));
    setTimeout(() => peer.close(), 200);
    await rejected;
    await expectGoodAgentWorks(hub);
  });

  it("cannot smuggle a header in by a line break", async () => {
    await using hub = await startTunnelHub();
    const { peer, tunnel } = await hostileAgent(hub);
    const request = tunnel.request({ method: "GET", path: "/" });
    peer.send(settings);
    await once(peer, "message");
    peer.send(frame(1, 5, 1, Buffer.concat([ok, literal("a", "b\r\nset-cookie: c"), literal("d", "e")])));
    const { headers, body } = await request;
    expect(headers).toEqual({ d: "e" });
    body.resume();
    peer.close();
  });

  it.each(junk)("that sends %s loses its tunnel", async (_what, bytes) => {
    await using hub = await startTunnelHub();
    const { peer, tunnel } = await hostileAgent(hub);
    const rejected = expect(tunnel.request({ method: "GET", path: "/" })).rejects.toBeInstanceOf(TunnelError);
    peer.send(bytes);
    setTimeout(() => peer.close(), 200);
    await rejected;
    await tunnel.closed;
    await expectGoodAgentWorks(hub);
  });

  it("that sends any frames whatever harms nobody", async () => {
    await using hub = await startTunnelHub();
    const random = seededRandom(7);
    const byte = () => Math.floor(random() * 256);
    for (let round = 0; round < 150; round += 1) {
      const { peer, tunnel } = await hostileAgent(hub);
      const request = tunnel.request({ method: "POST", path: "/", body: Buffer.alloc(100_000) });
      const upgrade = tunnel.upgrade({ protocol: "websocket", path: "/" });
      const settled = Promise.allSettled([request, upgrade]);
      peer.send(frame(4, 0, 0, Buffer.from([0, 8, 0, 0, 0, 1])));
      for (let sent = 0; sent < 20; sent += 1) {
        const payload = Buffer.from(Array.from({ length: Math.floor(random() * 40) }, byte));
        peer.send(frame(Math.floor(random() * 12), byte(), Math.floor(random() * 6), payload));
      }
      if (round % 2 === 0) peer.terminate();
      else peer.close();
      await settled;
      await tunnel.closed;
    }
    await expectGoodAgentWorks(hub);
  });
});

describe("a hostile hub", () => {
  it("harms no agent, which goes on dialling", async () => {
    const random = seededRandom(11);
    const byte = () => Math.floor(random() * 256);
    const pseudo = Buffer.concat([literal(":method", "GET"), literal(":path", "/"), literal(":scheme", "http")]);
    const openings = [
      ...junk.map(([, bytes]) => [bytes]),
      ...answers.map(([, bytes]) => [preface, settings, bytes]),
      [preface, settings, frame(1, 5, 1, Buffer.concat([pseudo, literal("a", "b\r\nc: d")]))],
      [preface, settings, frame(1, 5, 1, Buffer.concat([pseudo, literal(":protocol", "x")]))],
      [preface, settings, frame(1, 4, 1, literal(":method", "CONNECT")), frame(0, 1, 1, "x")],
      ...Array.from({ length: 60 }, () => [
        preface,
        settings,
        frame(1, 4, 1, pseudo),
        ...Array.from({ length: 10 }, () => {
          const payload = Buffer.from(Array.from({ length: Math.floor(random() * 40) }, byte));
          return frame(Math.floor(random() * 12), byte(), Math.floor(random() * 4), payload);
        }),
      ]),
    ];
    let dials = 0;
    const webSockets = tunnelWebSocketServer();
    const server = http.createServer().on("upgrade", (request, socket, head) => {
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on("error", () => {});
        for (const bytes of openings[dials] ?? []) webSocket.send(bytes);
        dials += 1;
        setTimeout(() => webSocket.terminate(), 20);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/tunnel`;
    const agent = openTunnel({
      ...{ url, headers: () => ({}), clock: hurriedClock, random: seededRandom(1), logger: collectingLogger() },
      handle: ({ body }) => ({ status: 200, body }),
    });
    await eventually("all have been tried", () => dials > openings.length);
    await agent.stop();
    server.close();
  });
});

it("tells a broken answer from a closed tunnel", () => {
  expect(new TunnelStreamError("x").code).toBe("broken");
});
