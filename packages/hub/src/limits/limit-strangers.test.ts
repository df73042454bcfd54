import { collectingLogger, FakeClock } from "@inkube/kube/testing";
import { afterEach, expect, it } from "vitest";
import { createServer, type HubServer } from "../server/server.ts";
import { limitStrangers } from "./limit-strangers.ts";

let server: HubServer;
afterEach(() => server.close());

it("limits what is answered without a credential by address, and says when to try again; other routes go on", async () => {
  const clock = new FakeClock();
  server = createServer({ logger: collectingLogger() });
  server.route({ method: "GET", url: "/closed", handler: async () => ({}) });
  await server.register(async (open: HubServer) => {
    limitStrangers(open, clock);
    open.route({ method: "GET", url: "/open", handler: async () => ({}) });
  });
  const ask = (url: string, remoteAddress: string) => server.inject({ method: "GET", url, remoteAddress });
  const statuses: number[] = [];
  for (let number = 0; number < 600; number += 1) {
    // Of IPv6 everybody has a whole network.
    statuses.push((await ask("/open", `2001:db8::${number.toString(16)}`)).statusCode);
  }
  const first = statuses.indexOf(429);
  expect(first).toBeGreaterThan(50);
  expect(new Set(statuses.slice(0, first))).toEqual(new Set([200]));
  expect(new Set(statuses.slice(first))).toEqual(new Set([429]));
  const refused = await ask("/open", "2001:db8::1");
  expect(refused.headers["retry-after"]).toBe("1");
  expect(refused.json().error).toMatchObject({
    code: "KUBE_THROTTLED",
    message: "Too many requests from this address",
  });
  expect((await ask("/open", "192.0.2.1")).statusCode).toBe(200);
  expect((await ask("/closed", "2001:db8::1")).statusCode).toBe(200);
  await clock.advance(1000);
  expect((await ask("/open", "2001:db8::1")).statusCode).toBe(200);
});
