import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createPki } from "@inkube/controlplane";
import { describe, expect, it } from "vitest";
import { probeOverTls } from "./probe.ts";

const signal = new AbortController().signal;
const pki = await createPki({ now: Date.now(), serverNames: ["127.0.0.1"] });
const other = await createPki({ now: Date.now(), serverNames: ["127.0.0.1"] });

async function serve(status: number): Promise<{ url: string; server: Server; [Symbol.asyncDispose](): Promise<void> }> {
  const server = createServer({ cert: pki["apiserver.crt"], key: pki["apiserver.key"] }, (request, response) => {
    response.writeHead(request.url === "/readyz" ? status : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, server, [Symbol.asyncDispose]: async () => void server.close() };
}

describe("probeOverTls", () => {
  it("is content with an API server that says it is ready", async () => {
    await using endpoint = await serve(200);
    expect(await probeOverTls(endpoint.url, pki["ca.crt"] ?? "", signal)).toEqual({ ready: true });
  });

  it("says the status of one that is not", async () => {
    await using endpoint = await serve(500);
    expect(await probeOverTls(endpoint.url, pki["ca.crt"] ?? "", signal)).toEqual({
      ready: false,
      why: "answered with status 500",
    });
  });

  it("does not trust a server of another authority", async () => {
    await using endpoint = await serve(200);
    expect(await probeOverTls(endpoint.url, other["ca.crt"] ?? "", signal)).toMatchObject({ ready: false });
  });

  it("says that nobody listens", async () => {
    const { url, server } = await serve(200);
    await new Promise((resolve) => server.close(resolve));
    expect(await probeOverTls(url, pki["ca.crt"] ?? "", signal)).toEqual({ ready: false, why: "ECONNREFUSED" });
  });
});
