import { createServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { createPki } from "@inkube/controlplane";
import { describe, expect, it } from "vitest";
import type { Lookup } from "./lookup.ts";
import { type ProbeRequest, probeEndpoint } from "./probe-endpoint.ts";

const fqdn = "demo.team.clusters.example.com";
const pki = await createPki({ now: Date.now(), serverNames: ["127.0.0.1", fqdn] });
const other = await createPki({ now: Date.now(), serverNames: ["127.0.0.1", fqdn] });
const ca = pki["ca.crt"] ?? "";

/** Answers for the names that a test knows. */
const records =
  (known: Record<string, string[]>): Lookup =>
  async (name) =>
    known[name] ?? [];
const local = records({ [fqdn]: ["127.0.0.1"] });

interface Served {
  port: number;
  /** What clients asked for by SNI. */
  asked: string[];
  /** Requests that came after the handshake. */
  requests: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

async function serve(status: number, from = pki): Promise<Served> {
  const asked: string[] = [];
  const requests: string[] = [];
  const options = {
    cert: from["apiserver.crt"] ?? "",
    key: from["apiserver.key"] ?? "",
    SNICallback: (name: string, done: (error: Error | null) => void) => {
      asked.push(name);
      done(null);
    },
  };
  const server = createServer(options, (request, response) => {
    requests.push(request.url ?? "");
    response.writeHead(request.url === "/readyz" ? status : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => void server.close();
  return { port, asked, requests, [Symbol.asyncDispose]: close };
}

const ask = (url: string, changes: Partial<ProbeRequest> = {}) => probeEndpoint({ url, ca, lookup: local, ...changes });

describe("probeEndpoint", () => {
  it("is content with an API server that says it is ready", async () => {
    await using endpoint = await serve(200);
    expect(await ask(`https://127.0.0.1:${endpoint.port}`)).toEqual({ ready: true });
  });

  it("NET-05 asks by SNI for the name that it dials", async () => {
    await using endpoint = await serve(200);
    expect(await ask(`https://${fqdn}:${endpoint.port}`)).toEqual({ ready: true });
    expect(endpoint.asked).toEqual([fqdn]);
  });

  it("says the status of one that is not ready", async () => {
    await using endpoint = await serve(500);
    const answer = await ask(`https://127.0.0.1:${endpoint.port}`);
    expect(answer).toMatchObject({ ready: false, failure: "notReady", why: "answered with status 500" });
  });

  it("NET-05 knows a server of another authority, even of the same name, and asks it nothing", async () => {
    await using endpoint = await serve(200, other);
    const answer = await ask(`https://${fqdn}:${endpoint.port}`);
    expect(answer).toMatchObject({ ready: false, failure: "otherServer" });
    expect(answer).toMatchObject({ why: "a certificate of kube-apiserver, issued by kubernetes" });
    expect(endpoint.requests).toEqual([]);
  });

  it("NET-08 is not content with a certificate that lacks the name", async () => {
    await using endpoint = await serve(200);
    const name = "another.team.clusters.example.com";
    const answer = await ask(`https://${name}:${endpoint.port}`, { lookup: records({ [name]: ["127.0.0.1"] }) });
    expect(answer).toMatchObject({ failure: "notReady", why: `its certificate does not hold ${name}` });
  });

  it("says that nobody listens", async () => {
    const { port, ...server } = await serve(200);
    await server[Symbol.asyncDispose]();
    const answer = await ask(`https://127.0.0.1:${port}`);
    expect(answer).toEqual({ ready: false, failure: "unreachable", why: "ECONNREFUSED", addresses: ["127.0.0.1"] });
  });

  it("says that something does not speak TLS", async () => {
    const server = createTcpServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const answer = await ask(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.close();
    expect(answer).toMatchObject({ ready: false, failure: "unreachable" });
  });

  it("NET-07 says that the name does not resolve", async () => {
    const answer = await ask(`https://${fqdn}:443`, { lookup: records({}) });
    expect(answer).toEqual({ ready: false, failure: "notResolved", why: `${fqdn} does not resolve`, addresses: [] });
  });

  it("NET-07 tells an absent name from name servers that do not answer", async () => {
    const lookup: Lookup = () => Promise.reject(Object.assign(new Error("no"), { code: "ETIMEOUT" }));
    const answer = await ask(`https://${fqdn}:443`, { lookup });
    expect(answer).toMatchObject({ failure: "unreachable", why: expect.stringContaining("ETIMEOUT") });
  });

  it("NET-07 says when the name leads elsewhere than to the expected address", async () => {
    await using endpoint = await serve(200, other);
    const url = `https://${fqdn}:${endpoint.port}`;
    const wrong = await ask(url, { expectedAddresses: ["203.0.113.7"] });
    expect(wrong).toMatchObject({ failure: "wrongAddress", addresses: ["127.0.0.1"] });
    const right = await ask(url, { expectedAddresses: ["127.0.0.1"] });
    expect(right).toMatchObject({ failure: "otherServer" });
  });

  it("NET-07 follows an expected name to its addresses, and judges nothing by one that has none", async () => {
    const lookup = records({
      [fqdn]: ["127.0.0.1"],
      "lb.example.net": ["127.0.0.1"],
      "far.example.net": ["192.0.2.1"],
    });
    await using endpoint = await serve(200, other);
    const failure = async (name: string) =>
      ask(`https://${fqdn}:${endpoint.port}`, { lookup, expectedAddresses: [name] });
    expect(await failure("lb.example.net")).toMatchObject({ failure: "otherServer" });
    expect(await failure("far.example.net")).toMatchObject({ failure: "wrongAddress" });
    expect(await failure("unknown.example.net")).toMatchObject({ failure: "otherServer" });
  });

  it("takes an API server that answers for right whatever address leads to it", async () => {
    await using endpoint = await serve(200);
    const answer = await ask(`https://${fqdn}:${endpoint.port}`, { expectedAddresses: ["203.0.113.7"] });
    expect(answer).toEqual({ ready: true });
  });

  it("goes on to the next address when one refuses", async () => {
    await using endpoint = await serve(200);
    const lookup = records({ [fqdn]: ["127.0.0.2", "127.0.0.1"] });
    expect(await ask(`https://${fqdn}:${endpoint.port}`, { lookup })).toEqual({ ready: true });
  });

  it("ends when it is told to", async () => {
    await using endpoint = await serve(200);
    const answer = await ask(`https://127.0.0.1:${endpoint.port}`, { signal: AbortSignal.abort() });
    expect(answer).toMatchObject({ ready: false });
  });
});
