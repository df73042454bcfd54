import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { hangUpSignal } from "./hang-up-signal.ts";

/** A server that hands out each request's answer and its signal. */
async function listen() {
  const asked: { response: ServerResponse; signal: AbortSignal }[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((_request, response) => {
    asked.push({ response, signal: hangUpSignal(response) });
    waiting.shift()?.();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async nextRequest() {
      if (asked.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      return asked.shift() as (typeof asked)[number];
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

describe("hangUpSignal", () => {
  it("is aborted when the caller goes before the answer", async () => {
    await using server = await listen();
    const caller = new AbortController();
    const answer = fetch(server.url, { method: "POST", body: "report", signal: caller.signal }).catch(() => "gone");
    const { response, signal } = await server.nextRequest();
    expect(signal.aborted).toBe(false);
    caller.abort();
    await once(response, "close");
    expect(signal.reason).toMatchObject({ code: "KUBE_UNREACHABLE" });
    expect(await answer).toBe("gone");
  });

  it("is not when he was answered", async () => {
    await using server = await listen();
    const answer = fetch(server.url, { method: "POST", body: "report" });
    const { response, signal } = await server.nextRequest();
    const closed = once(response, "close");
    response.end("done");
    expect(await (await answer).text()).toBe("done");
    await closed;
    expect(signal.aborted).toBe(false);
  });
});
