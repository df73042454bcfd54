import { once } from "node:events";
import { collectingLogger, FakeClock, seededRandom } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { openTunnel } from "../agent/open-tunnel.ts";
import { eventually } from "../testing/eventually.ts";
import { connectTunnel, startFreezableProxy, startTunnelHub } from "../testing/index.ts";
import { TunnelClosedError } from "../tunnel-errors.ts";
import { subprotocol } from "./limits.ts";

/** An agent behind a network that can freeze. */
async function connectThroughNetwork() {
  const [hubClock, agentClock] = [new FakeClock(), new FakeClock()];
  const hub = await startTunnelHub({ clock: hubClock });
  const network = await startFreezableProxy(hub.port);
  const signals: AbortSignal[] = [];
  const agent = openTunnel({
    url: hub.url.replace(String(hub.port), String(network.port)),
    headers: () => ({}),
    handle: ({ path }, signal) => {
      signals.push(signal);
      return path === "/wait" ? new Promise(() => {}) : { status: 200 };
    },
    clock: agentClock,
    random: seededRandom(1),
    logger: collectingLogger(),
  });
  const tunnel = await hub.nextTunnel();
  await tunnel.request({ method: "GET", path: "/" });
  await eventually("the agent is connected", () => agent.connected);
  return {
    ...{ hub, network, agent, tunnel, hubClock, agentClock, signals },
    async [Symbol.asyncDispose]() {
      await agent.stop();
      await network[Symbol.asyncDispose]();
      await hub[Symbol.asyncDispose]();
    },
  };
}

describe("a network that swallows everything", () => {
  it("is noticed by the hub within 25 s, and requests under way reject", async () => {
    await using end = await connectThroughNetwork();
    const waiting = end.tunnel.request({ method: "GET", path: "/wait" });
    const rejected = expect(waiting).rejects.toThrow("The tunnel is closed: the peer is silent");
    await eventually("it has arrived", () => end.signals.length === 2);
    end.network.freeze();
    await end.hubClock.advance(25_000);
    await rejected;
    await end.tunnel.closed;
    await expect(end.tunnel.request({ method: "GET", path: "/" })).rejects.toBeInstanceOf(TunnelClosedError);
  });

  it("is noticed by the agent within 25 s, which dials again", async () => {
    await using end = await connectThroughNetwork();
    void end.tunnel.request({ method: "GET", path: "/wait" }).catch(() => {});
    await eventually("it has arrived", () => end.signals.length === 2);
    end.network.freeze();
    await end.agentClock.advance(25_000);
    await eventually("the handler knows", () => end.signals[1]?.aborted === true);
    await end.agentClock.advance(250);
    const next = await end.hub.nextTunnel();
    expect((await next.request({ method: "GET", path: "/" })).status).toBe(200);
  });

  it("is not seen in a quiet tunnel, nor when a clock is set", async () => {
    await using end = await connectThroughNetwork();
    for (let tick = 0; tick < 20; tick += 1) {
      await end.hubClock.advance(5_000);
      await end.agentClock.advance(5_000);
      // An answer over the same connection says that the pings before it have arrived too.
      await end.tunnel.request({ method: "GET", path: "/" });
    }
    end.hubClock.jump(3_600_000);
    end.agentClock.jump(-3_600_000);
    await end.hubClock.advance(5_000);
    await end.tunnel.request({ method: "GET", path: "/" });
    expect([end.agent.connected, end.hub.tunnels.length]).toEqual([true, 1]);
  });
});

describe("the peer", () => {
  it("has 10 s to speak HTTP/2", async () => {
    const clock = new FakeClock();
    await using hub = await startTunnelHub({ clock });
    const mute = new WebSocket(hub.url, subprotocol);
    const closed = once(mute, "close");
    const tunnel = await hub.nextTunnel();
    const upgrade = expect(tunnel.upgrade({ protocol: "websocket", path: "/" })).rejects.toThrow(
      "the peer does not speak HTTP/2",
    );
    await clock.advance(10_000);
    await upgrade;
    await closed;
  });

  it("is told why a tunnel is closed", async () => {
    const reasons: string[] = [];
    await using end = await connectTunnel(() => ({ status: 200 }), {
      agent: { onDisconnected: (reason) => reasons.push(reason) },
    });
    await eventually("it is connected", () => end.agent.connected);
    end.tunnel.close("replaced by a newer tunnel");
    await eventually("the agent knows", () => reasons.length === 1);
    expect(reasons).toEqual(["the peer says: replaced by a newer tunnel"]);
  });

  it("must not send text", async () => {
    await using hub = await startTunnelHub();
    const peer = new WebSocket(hub.url, subprotocol);
    const tunnel = await hub.nextTunnel();
    peer.on("open", () => peer.send("hello"));
    if (peer.readyState === peer.OPEN) peer.send("hello");
    await tunnel.closed;
    await expect(tunnel.request({ method: "GET", path: "/" })).rejects.toThrow("the peer sent text");
  });
});
