import { FakeClock } from "@inkube/kube/testing";
import { connectTunnel } from "@inkube/tunnel/testing";
import { expect, it } from "vitest";
import { createTunnelRegistry } from "./tunnel-registry.ts";

const connect = () => connectTunnel(() => ({ status: 200 }));

it("has the newest tunnel of a host, and ends the one before", async () => {
  await using first = await connect();
  await using second = await connect();
  const registry = createTunnelRegistry(new FakeClock());
  registry.add("edge", first.tunnel);
  registry.add("edge", second.tunnel);
  await first.tunnel.closed;
  expect([registry.get("edge"), registry.size]).toEqual([second.tunnel, 1]);
  registry.closeAll();
  await second.tunnel.closed;
  expect([registry.get("edge"), registry.size]).toEqual([undefined, 0]);
});

it("gives whoever waits for the tunnel of a host the one that comes", async () => {
  await using end = await connect();
  const clock = new FakeClock();
  const registry = createTunnelRegistry(clock);
  const waiting = [registry.soon("edge", 2_000), registry.soon("edge", 2_000)];
  const other = registry.soon("other", 2_000);
  registry.add("edge", end.tunnel);
  expect(await Promise.all(waiting)).toEqual([end.tunnel, end.tunnel]);
  expect(await registry.soon("edge", 2_000)).toBe(end.tunnel);
  await clock.advance(2_000);
  expect([await other, clock.sleeping]).toEqual([undefined, 0]);
});
