import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createConnection, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { connect, createSecureContext } from "node:tls";
import { createClient, systemClock } from "@inkube/kube";
import { type CollectingLogger, collectingLogger } from "@inkube/kube/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { InnerServer } from "../tunnel/inner-server.ts";
import { testAuthority } from "../tunnel/testing/certificates.ts";
import { type FakeView, fakeNode, fakePod, fakeView } from "../tunnel/testing/fake-view.ts";
import type { KubeletContext } from "./answer.ts";
import { createKubeletServer } from "./kubelet-server.ts";
import { Refusal } from "./refusal.ts";

describe("the kubelet's API in a nested cluster", () => {
  let host: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let upgrade: (request: IncomingMessage, socket: Duplex) => void;
  let view: FakeView;
  let kubelet: InnerServer<KubeletContext>;
  let entrance: TcpServer;
  let logger: CollectingLogger;
  let hostKubelet: () => Promise<string>;

  beforeEach(async () => {
    host = createServer((request, response) => answer(request, response));
    host.on("upgrade", (request, socket) => upgrade(request, socket));
    host.listen(0, "127.0.0.1");
    await once(host, "listening");
    view = fakeView({
      host: createClient({ server: `http://127.0.0.1:${(host.address() as { port: number }).port}` }),
    });
    answer = (_request, response) => void response.writeHead(404).end();
    view.pods.push(fakePod(view, "web", "node-a"), fakePod(view, "away", "node-b"));
    logger = collectingLogger();
    const pair = await (await testAuthority()).issue("kubelet");
    const context = createSecureContext(pair);
    kubelet = createKubeletServer({
      secureContext: () => context,
      clock: systemClock,
      logger,
      hostKubelet: () => hostKubelet(),
    });
    const node = fakeNode("node-a", "10.0.0.5");
    entrance = createTcpServer({ allowHalfOpen: true }, (socket) => kubelet.accept(socket, { view, node }));
    entrance.listen(0, "127.0.0.1");
    await once(entrance, "listening");
  });

  afterEach(async () => {
    kubelet.close();
    entrance.close();
    host.closeAllConnections();
    host.close();
    await view.host.close();
  });

  function open(path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
    const socket = connect({
      socket: createConnection((entrance.address() as { port: number }).port, "127.0.0.1"),
      rejectUnauthorized: false,
    });
    const sent = httpRequest({ path, createConnection: () => socket, ...options });
    sent.end();
    return sent;
  }

  async function ask(path: string, options: { method?: string; headers?: Record<string, string> } = {}) {
    const [response] = (await once(open(path, options), "response")) as [IncomingMessage];
    const body = await text(response);
    response.socket.destroy();
    return { status: response.statusCode, body };
  }

  it("streams a log as it is written and stops the host's stream when the reader leaves", async () => {
    const written: ServerResponse[] = [];
    answer = (_request, response) => {
      written.push(response);
      response.write("first\n");
    };
    const sent = open("/containerLogs/default/web/app?follow=true");
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const [first] = (await once(response, "data")) as [Buffer];
    expect(first.toString()).toBe("first\n");
    written[0]?.write("second\n");
    const [second] = (await once(response, "data")) as [Buffer];
    expect(second.toString()).toBe("second\n");
    const closed = once(written[0] as ServerResponse, "close");
    sent.destroy();
    await closed;
  });

  it("delivers a large log whole before it closes the connection", async () => {
    const size = 8 * 1024 * 1024;
    answer = (_request, response) => void response.end("x".repeat(size));
    const headers = { connection: "close" };
    const [response] = (await once(open("/containerLogs/default/web/app", { headers }), "response")) as [
      IncomingMessage,
    ];
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await text(response)).length).toBe(size);
  });

  it("cuts the answer short when the host's log breaks off", async () => {
    answer = (_request, response) => {
      response.write("half a li");
      setImmediate(() => response.destroy());
    };
    const [response] = (await once(open("/containerLogs/default/web/app"), "response")) as [IncomingMessage];
    await expect(text(response)).rejects.toThrow("aborted");
  });

  it("speaks of the tenant's pod when the host refuses a log", async () => {
    answer = (_request, response) => {
      const name = `web-x-default-x-demo`;
      const message = `container "app" in pod "${name}" of ${view.identity.hostNamespace} is waiting to start`;
      response.writeHead(400).end(JSON.stringify({ kind: "Status", message }));
    };
    expect(await ask("/containerLogs/default/web/app")).toEqual({
      status: 400,
      body: 'container "app" in pod "web" of default is waiting to start',
    });
  });

  it.each([
    [403, 403, 'the host does not allow this for pod "web"'],
    [500, 502, 'the host could not reach the container of pod "web" (status 500)'],
  ])("does not repeat what the host says with status %i", async (status, expected, body) => {
    answer = (_request, response) => {
      response.writeHead(status).end(`User "system:serviceaccount:inkube-system:inkube-syncer" and https://10.1.2.3`);
    };
    expect(await ask("/containerLogs/default/web/app")).toEqual({ status: expected, body });
  });

  it.each([
    ["a pod of another node", "/containerLogs/default/away/app"],
    ["a pod that is not there", "/containerLogs/default/none/app"],
    ["another incarnation of a pod", "/attach/default/web/another-uid/app"],
  ])("does not know %s", async (_what, path) => {
    answer = () => {
      throw new Error("the host was asked");
    };
    const headers = { connection: "Upgrade", upgrade: "SPDY/3.1" };
    const { status } = await ask(path, path.startsWith("/attach") ? { headers } : {});
    expect(status).toBe(404);
  });

  it("refuses what is not on the list, with or without an upgrade", async () => {
    expect(await ask("/run/default/web/app?cmd=secret", { method: "POST" })).toEqual({
      status: 403,
      body: "/run/default/web/app of the kubelet is not served in a nested cluster",
    });
    const headers = { connection: "Upgrade", upgrade: "SPDY/3.1" };
    expect((await ask("/cri/exec/token", { headers })).status).toBe(403);
  });

  it("joins an upgraded connection with the host's and passes on no credentials", async () => {
    let asked: IncomingMessage | undefined;
    upgrade = (request, socket) => {
      asked = request;
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n");
      socket.write("X-Stream-Protocol-Version: v4.channel.k8s.io\r\nSet-Cookie: a=b\r\n\r\nhello ");
      socket.pipe(socket);
    };
    const sent = open("/exec/default/web/app?command=id&output=1", {
      method: "POST",
      headers: {
        connection: "Upgrade",
        upgrade: "SPDY/3.1",
        authorization: "Bearer nested",
        "sec-websocket-protocol": "base64url.bearer.authorization.k8s.io.c2VjcmV0, v4.channel.k8s.io",
      },
    });
    const [response, socket, head] = (await once(sent, "upgrade")) as [IncomingMessage, Duplex, Buffer];
    socket.unshift(head);
    socket.end("world");
    expect(await text(socket)).toBe("hello world");
    expect(response.headers).toMatchObject({ upgrade: "SPDY/3.1", "x-stream-protocol-version": "v4.channel.k8s.io" });
    expect(response.headers["set-cookie"]).toBeUndefined();
    expect(asked?.headers.authorization).toBeUndefined();
    expect(asked?.headers["sec-websocket-protocol"]).toBe("v4.channel.k8s.io");
    expect(asked?.method).toBe("POST");
  });

  it("lists only the cluster's own pods of the node", async () => {
    const { body } = await ask("/pods");
    const list = JSON.parse(body) as { items: { metadata: { name: string } }[] };
    expect(list.items.map(({ metadata }) => metadata.name)).toEqual(["web"]);
    expect(JSON.parse((await ask("/runningpods/")).body)).toMatchObject({ items: [] });
  });

  it("says why statistics cannot be had, and nothing of a failure of its own", async () => {
    hostKubelet = () => Promise.reject(new Refusal(502, "the certificate of the kubelet is unknown"));
    expect(await ask("/stats/summary")).toEqual({ status: 502, body: "the certificate of the kubelet is unknown" });
    hostKubelet = () => Promise.resolve("not JSON");
    expect(await ask("/stats/summary")).toEqual({ status: 500, body: "the request could not be handled" });
    expect(logger.entries.map(({ message }) => message)).toEqual(["Could not handle a kubelet request"]);
  });
});
