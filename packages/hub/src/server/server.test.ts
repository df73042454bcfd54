import { collectingLogger } from "@inkube/kube/testing";
import { afterEach, describe, expect, it } from "vitest";
import { openRaw, sendRaw, statusesIn } from "../testing/raw-http.ts";
import type { ServerLimits } from "./limits.ts";
import { createServer, type HubServer } from "./server.ts";

let server: HubServer | undefined;
afterEach(() => server?.close());

async function serve(limits: Partial<ServerLimits> = {}): Promise<string> {
  server = createServer({ logger: collectingLogger(), limits: { connectionsCheckingInterval: 50, ...limits } });
  server.route({ method: "GET", url: "/ok", handler: async () => ({ ok: true }) });
  server.route({ method: "GET", url: "/named/:name", handler: async () => ({ ok: true }) });
  server.route({ method: "POST", url: "/ok", handler: async ({ body }) => ({ got: typeof body }) });
  server.route({ method: "GET", url: "/fault", handler: () => Promise.reject(new Error("the password is x")) });
  return server.listen({ port: 0, host: "127.0.0.1" });
}

const post = "POST /ok HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n";

describe("a connection", () => {
  it.each([
    ["headers that do not end", "GET /ok HTTP/1.1\r\nHost: hub\r\nX: a"],
    ["half a request line", "GE"],
  ])("with %s ends after the time for headers", async (_, bytes) => {
    const { text, closed } = await sendRaw(await serve({ headersTimeout: 200 }), bytes);
    expect(closed).toBe(true);
    expect(statusesIn(text)).toEqual([408]);
    expect(text).toContain("The request took too long to arrive");
  });

  it("that says nothing ends too", async () => {
    const { closed } = await sendRaw(await serve({ headersTimeout: 200, requestTimeout: 200 }), "");
    expect(closed).toBe(true);
  });

  it.each([
    ["a body that does not end", `${post}Content-Length: 10\r\n\r\n{`],
    ["a chunk that does not end", `${post}Transfer-Encoding: chunked\r\n\r\nffff\r\n{`],
  ])("with %s ends after the time for requests", async (_, bytes) => {
    const { text, closed } = await sendRaw(await serve({ requestTimeout: 300, headersTimeout: 200 }), bytes);
    expect(closed).toBe(true);
    expect(statusesIn(text)).toEqual([408]);
  });

  it("beyond as many as there may be is closed, and one that ends makes room", async () => {
    const url = await serve({ maxConnections: 2 });
    const open = [await openRaw(url), await openRaw(url)];
    const ask = () => sendRaw(url, "GET /ok HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n");
    const refused = await ask();
    expect(refused).toEqual({ text: "", closed: true });
    for (const socket of open) socket.destroy();
    await expect.poll(async () => statusesIn((await ask()).text), { timeout: 60_000 }).toEqual([200]);
  });

  it("with more headers than there may be is told so", async () => {
    const { text, closed } = await sendRaw(
      await serve(),
      `GET /ok HTTP/1.1\r\nHost: hub\r\nX: ${"a".repeat(20_000)}\r\n\r\n`,
    );
    expect(closed).toBe(true);
    expect(statusesIn(text)).toEqual([431]);
  });
});

describe("a body", () => {
  const bodies: [string, number, string, string][] = [
    ["of JSON is taken", 200, "application/json", '{"a":[{"b":null}]}'],
    ["with the most levels is taken", 200, "application/json", "[".repeat(64) + "]".repeat(64)],
    ["with more levels is refused", 400, "application/json", "[".repeat(66) + "]".repeat(66)],
    ["with a hundred thousand levels is refused", 400, "application/json", '{"a":'.repeat(1e5) + 1 + "}".repeat(1e5)],
    ["for prototypes is refused", 400, "application/json", '{"a":{"__proto__":{"b":1}}}'],
    ["for constructors is refused", 400, "application/json", '{"constructor":{"prototype":{"b":1}}}'],
    ["that is no JSON is refused", 400, "application/json", "{'a': hunter2}"],
    ["too large is refused", 413, "application/json", `"${"a".repeat(1024 * 1024)}"`],
    ["of text is refused", 400, "text/plain", "a"],
    ["of a form is refused", 400, "application/x-www-form-urlencoded", "a=b"],
  ];
  it.each(bodies)("%s", async (_, status, type, payload) => {
    await serve();
    const answer = await server?.inject({ method: "POST", url: "/ok", headers: { "content-type": type }, payload });
    expect(answer?.statusCode, answer?.body).toBe(status);
    expect(answer?.body).not.toContain("hunter2");
  });
});

describe("every answer", () => {
  it.each([
    ["that is one", "GET", "/ok", 200],
    ["of no route", "GET", "/nothing", 404],
    ["to an address that is none", "GET", "/named/%", 400],
    ["to an address that is too long", "GET", `/named/${"a".repeat(400)}`, 400],
    ["to what another site asks before", "OPTIONS", "/ok", 404],
    ["of a fault of ours", "GET", "/fault", 500],
  ] as const)(
    "%s says that nothing of it runs, is framed, kept or read by other sites",
    async (_, method, url, status) => {
      await serve();
      const headers = { origin: "https://example.com", "access-control-request-method": "DELETE" };
      const answer = await server?.inject({ method, url, headers });
      expect(answer?.statusCode).toBe(status);
      expect(answer?.headers).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy": expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
        "referrer-policy": "no-referrer",
        "strict-transport-security": expect.stringMatching(/^max-age=[1-9]/),
        "x-content-type-options": "nosniff",
      });
      expect(Object.keys(answer?.headers ?? {}).filter((name) => name.startsWith("access-control"))).toEqual([]);
      expect(answer?.body).not.toMatch(/password|a{8}|%/);
    },
  );

  it("to bytes that are no request too", async () => {
    const { text } = await sendRaw(await serve(), "noise\r\n\r\n");
    expect(statusesIn(text)).toEqual([400]);
    expect(text).toMatch(/content-security-policy: default-src 'none'/);
    expect(JSON.parse(text.slice(text.indexOf("\r\n\r\n")))).toEqual({
      error: { code: "USAGE", message: "This is no HTTP request" },
    });
  });
});
