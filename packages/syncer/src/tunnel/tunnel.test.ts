import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { collectingLogger, FakeClock } from "@inkube/kube/testing";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAdmissionServer } from "../admission/admission-server.ts";
import { createKubeletServer } from "../kubelet/kubelet-server.ts";
import { createDial, type Dial } from "./dial.ts";
import { type TestAuthority, type TestPair, testAuthority } from "./testing/certificates.ts";
import { connectThrough, readAll } from "./testing/connect.ts";
import { type FakeView, fakeNode, fakeRegistry, fakeView } from "./testing/fake-view.ts";
import { startTunnel, type Tunnel } from "./tunnel.ts";

const address = "10.96.0.7";

describe("the tunnel", () => {
  let authority: TestAuthority;
  let serving: TestPair;
  let mine: TestPair & { ca: string };
  let view: FakeView;
  let tunnel: Tunnel;
  let upstream: Server;
  let accepted: Socket[];
  let clock: FakeClock;
  let counts: string[];

  beforeAll(async () => {
    authority = await testAuthority();
    serving = await authority.issue("inkube-syncer", ["127.0.0.1"]);
    mine = { ...(await authority.issue(fakeView().identity.hostNamespace)), ca: authority.ca };
  });

  beforeEach(async () => {
    accepted = [];
    counts = [];
    clock = new FakeClock();
    upstream = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket));
    upstream.listen(0, "127.0.0.1");
    await once(upstream, "listening");
    view = fakeView();
    view.addresses.add(address);
    view.nodes.push(fakeNode("node-a", "10.0.0.5"));
    tunnel = await start();
  });

  afterEach(async () => {
    await tunnel.close();
    for (const socket of accepted) socket.destroy();
    upstream.close();
  });

  /** The pod network of the test: everything that is dialled ends at `upstream`. */
  function start(options: { dial?: Dial; maxConnections?: number } = {}): Promise<Tunnel> {
    const { port } = upstream.address() as { port: number };
    const dial = createDial(clock);
    const logger = collectingLogger();
    return startTunnel({
      registry: fakeRegistry(view),
      tls: { ...serving, ca: authority.ca },
      host: "127.0.0.1",
      port: 0,
      logger,
      clock,
      dial: ({ signal }) => dial({ host: "127.0.0.1", port, signal }),
      metrics: {
        opened: (_cluster, target) => counts.push(`+${target}`),
        closed: (_cluster, target) => counts.push(`-${target}`),
        refused: (_cluster, reason) => counts.push(reason),
      },
      endpoints: (secureContext) => ({
        kubelet: createKubeletServer({
          secureContext,
          clock,
          logger,
          hostKubelet: () => Promise.reject(new Error("none")),
        }),
        admission: createAdmissionServer({ secureContext, clock, logger, random: () => 0 }),
      }),
      ...options,
    });
  }

  const ask = (authorityText: string, identity = mine, request?: string) =>
    connectThrough(tunnel.address.port, authorityText, identity, request === undefined ? {} : { request });

  const turn = () => new Promise((resolve) => setImmediate(resolve));

  async function upstreamSocket(): Promise<Socket> {
    if (accepted.length === 0) await once(upstream, "connection");
    return accepted[0] as Socket;
  }

  it("joins the caller with an address of its own cluster, half-closes included", async () => {
    const { status, socket } = await ask(`${address}:80`);
    expect(status).toBe(200);
    const service = await upstreamSocket();
    socket.end("question");
    expect(await readAll(service)).toBe("question");
    service.end("answer");
    expect(await readAll(socket)).toBe("answer");
    expect(counts[0]).toBe("+network");
  });

  it("refuses a caller without a certificate, or with one of another CA", async () => {
    const stranger = await testAuthority("another CA");
    const foreign = { ...(await stranger.issue(view.identity.hostNamespace)), ca: authority.ca };
    await expect(ask(`${address}:80`, foreign)).rejects.toThrow();
    await expect(ask(`${address}:80`, { ca: authority.ca } as typeof mine)).rejects.toThrow();
    expect(counts).toEqual([]);
  });

  it("refuses a cluster that it does not serve", async () => {
    const other = { ...(await authority.issue("inkube-team-other-99999")), ca: authority.ca };
    const { status, socket } = await ask(`${address}:80`, other);
    expect(status).toBe(403);
    expect(counts).toEqual(["identity"]);
    socket.destroy();
  });

  it("says in the status line and the body why a target is refused", async () => {
    const { text, socket } = await ask("10.96.0.8:443");
    expect(text).toMatch(/^HTTP\/1\.1 403 10\.96\.0\.8:443 does not belong to this cluster\r\n/);
    socket.destroy();
  });

  it("takes nothing but CONNECT to host and port", async () => {
    const plain = await ask("", mine, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(plain.status).toBe(405);
    plain.socket.destroy();
    const odd = await ask("user@10.96.0.7:80");
    expect(odd.status).toBe(400);
    odd.socket.destroy();
  });

  it("resolves the name of a Service to its ClusterIP, if that is the cluster's own", async () => {
    view.nested.get = async (_type, { name }) => ({
      metadata: { name },
      spec: { clusterIP: name === "hooks" ? address : "10.96.0.9" },
    });
    const own = await ask("hooks.team.svc:443");
    expect(own.status).toBe(200);
    own.socket.destroy();
    const lying = await ask("lying.team.svc:443");
    expect(lying.status).toBe(403);
    lying.socket.destroy();
  });

  it("says that nothing listens at an address", async () => {
    upstream.close();
    const { text, socket } = await ask(`${address}:80`);
    expect(text).toMatch(/^HTTP\/1\.1 502 10\.96\.0\.7:80 did not answer: connection refused\r\n/);
    socket.destroy();
  });

  it("stops dialling when the caller goes away", async () => {
    await tunnel.close();
    let dialling: AbortSignal | undefined;
    const dial: Dial = ({ signal }) =>
      new Promise((_, reject) => {
        dialling = signal;
        signal.addEventListener("abort", () => reject(new Error("given up")));
      });
    tunnel = await start({ dial });
    const asked = ask(`${address}:80`).catch(() => {});
    while (!dialling) await turn();
    await tunnel.close();
    expect(dialling.aborted).toBe(true);
    await asked;
  });

  it("holds each cluster to its number of connections", async () => {
    await tunnel.close();
    tunnel = await start({ maxConnections: 1 });
    const first = await ask(`${address}:80`);
    const second = await ask(`${address}:80`);
    expect([first.status, second.status]).toEqual([200, 503]);
    second.socket.destroy();
    first.socket.destroy();
    const service = await upstreamSocket();
    await readAll(service);
    service.end();
    while (!counts.includes("-network")) await turn();
    const third = await ask(`${address}:80`);
    expect(third.status).toBe(200);
    third.socket.destroy();
  });

  it("releases the other side of every connection that is aborted", async () => {
    const opened = await Promise.all(Array.from({ length: 20 }, () => ask(`${address}:80`)));
    while (accepted.length < 20) await once(upstream, "connection");
    for (const { socket } of opened) socket.destroy();
    await Promise.all(accepted.map(async (service) => void service.end(await readAll(service))));
    while (counts.length < 40) await turn();
    expect(counts.filter((count) => count === "-network")).toHaveLength(20);
  });

  it("drops a connection to the kubelet that never asks anything", async () => {
    const { status, socket } = await ask("10.0.0.5:10250");
    expect(status).toBe(200);
    while (clock.sleeping === 0) await turn();
    const ended = readAll(socket);
    await clock.advance(90_000);
    await ended;
    socket.destroy();
    while (counts.length < 2) await turn();
    expect(counts).toEqual(["+kubelet", "-kubelet"]);
  });

  it("uses a renewed certificate for new connections, and refuses one that does not fit its key", async () => {
    const renewed = await authority.issue("renewed", ["127.0.0.1"]);
    const tls = { ...renewed, ca: authority.ca };
    expect(() => tunnel.reload({ ...tls, key: serving.key })).toThrow();
    const before = await ask(`${address}:80`);
    expect(before.socket.getPeerCertificate().subject.CN).toBe("inkube-syncer");
    tunnel.reload(tls);
    const after = await ask(`${address}:80`);
    expect(after.socket.getPeerCertificate().subject.CN).toBe("renewed");
    before.socket.destroy();
    after.socket.destroy();
  });
});
