import { text } from "node:stream/consumers";
import { type Clock, systemClock } from "@inkube/kube";
import { collectingLogger, seededRandom } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import type { Tunnel } from "../hub/tunnel.ts";
import { startBalancer } from "../testing/balancer.ts";
import { eventually } from "../testing/eventually.ts";
import { hurriedClock } from "../testing/hurried-clock.ts";
import { startTunnelHub, type TunnelHub } from "../testing/index.ts";
import { type OpenTunnelOptions, openTunnel } from "./open-tunnel.ts";

/** Replicas of a hub behind one address, and an agent that has reached one of them. */
async function start(names: readonly string[], options: Partial<OpenTunnelOptions> = {}) {
  const cleanUp = new AsyncDisposableStack();
  const hubs = new Map<string, TunnelHub>();
  const balancer = cleanUp.use(await startBalancer([]));
  const logger = collectingLogger();
  const add = async (name: string): Promise<TunnelHub> => {
    const hub = await startTunnelHub({ replica: name });
    hubs.set(name, hub);
    balancer.lead([...hubs.values()].map(({ port }) => port));
    return hub;
  };
  for (const name of names) await add(name);
  const agent = openTunnel({
    url: `ws://127.0.0.1:${balancer.port}/tunnel`,
    headers: () => ({}),
    handle: ({ path }) => ({ status: 200, body: `answer to ${path}` }),
    clock: hurriedClock,
    random: seededRandom(1),
    logger,
    ...options,
  });
  cleanUp.defer(async () => {
    for (const hub of hubs.values()) await hub[Symbol.asyncDispose]();
  });
  cleanUp.defer(() => agent.stop());
  await eventually("it is connected", () => agent.connected);
  const open = (): Tunnel[] => [...hubs.values()].flatMap(({ tunnels }) => tunnels);
  return {
    agent,
    add,
    balancer,
    logger,
    hub(name: string): TunnelHub {
      const hub = hubs.get(name);
      if (!hub) throw new Error(`There is no replica ${name}`);
      return hub;
    },
    /** Takes it away as a crash does. */
    async remove(name: string): Promise<void> {
      const hub = hubs.get(name);
      hubs.delete(name);
      balancer.lead([...hubs.values()].map(({ port }) => port));
      await hub?.[Symbol.asyncDispose]();
    },
    /** How many tunnels were ever accepted. */
    accepted: () => open().length,
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

/** The hurried clock, which also tells the pauses between dials. */
function recordingClock(): { clock: Clock; pauses: number[] } {
  const pauses: number[] = [];
  const deadlinesAndBeats = [5_000, 8_000, 10_000];
  const clock: Clock = {
    now: () => hurriedClock.now(),
    sleep(ms, signal) {
      if (!deadlinesAndBeats.includes(ms)) pauses.push(ms);
      return hurriedClock.sleep(ms, signal);
    },
  };
  return { clock, pauses };
}

async function answerOf(hub: TunnelHub): Promise<string> {
  const tunnel = hub.tunnels.at(-1);
  if (!tunnel) throw new Error("It has no tunnel");
  return text((await tunnel.request({ method: "GET", path: "/x" })).body);
}

describe("the tunnels to a hub of several replicas", () => {
  it("lead to each of them, by its one address, and no replica gets a second", async () => {
    await using end = await start(["a", "b", "c"]);
    end.agent.reach(["a", "b", "c"]);
    for (const name of ["a", "b", "c"]) {
      await eventually(`${name} has a tunnel`, () => end.hub(name).tunnels.length === 1);
      expect(await answerOf(end.hub(name))).toBe("answer to /x");
    }
    const dials = end.balancer.connections;
    end.agent.reach(["c", "b", "a"]);
    await systemClock.sleep(50);
    expect([end.balancer.connections, end.accepted()]).toEqual([dials, 3]);
  });

  it("is one, dialled once, where there is one replica", async () => {
    await using end = await start(["a"]);
    end.agent.reach(["a"]);
    await systemClock.sleep(50);
    expect([end.balancer.connections, end.accepted()]).toEqual([1, 1]);
  });

  it("stay where they are when one replica dies, and reach the one that takes its place", async () => {
    await using end = await start(["a", "b"]);
    end.agent.reach(["a", "b"]);
    await eventually("both have a tunnel", () => end.accepted() === 2);
    const [untouched] = end.hub("b").tunnels;
    await end.remove("a");
    expect(await answerOf(end.hub("b"))).toBe("answer to /x");
    await end.add("c");
    end.agent.reach(["b", "c"]);
    await eventually("c has a tunnel", () => end.hub("c").tunnels.length === 1);
    expect(await answerOf(end.hub("c"))).toBe("answer to /x");
    expect(end.hub("b").tunnels).toEqual([untouched]);
    expect(end.agent.connected).toBe(true);
  });

  it("are dialled no more for a replica that has gone for good", async () => {
    await using end = await start(["a", "b"]);
    end.agent.reach(["a", "b"]);
    await eventually("both have a tunnel", () => end.accepted() === 2);
    end.agent.reach(["b"]);
    await end.remove("a");
    await eventually("it knows", () => end.logger.entries.some(({ message }) => message === "Lost tunnel to hub"));
    const dials = end.balancer.connections;
    await systemClock.sleep(50);
    expect([end.balancer.connections, end.agent.connected]).toEqual([dials, true]);
  });

  it("begin anew at a replica that has lost its end while the agent has not", async () => {
    await using end = await start(["a", "b"]);
    end.agent.reach(["a", "b"]);
    await eventually("both have a tunnel", () => end.accepted() === 2);
    end.hub("a").cut();
    await eventually("a has another", () => end.hub("a").tunnels.length === 2);
    expect(await answerOf(end.hub("a"))).toBe("answer to /x");
    expect(end.hub("b").tunnels).toHaveLength(1);
  });

  it("are searched ever more slowly where the address always leads to the same replica", async () => {
    const { clock, pauses } = recordingClock();
    await using end = await start(["a"], { clock, random: () => 0 });
    end.agent.reach(["a", "b"]);
    await eventually("it has searched", () => end.hub("a").handshakes >= 5);
    expect(pauses.slice(0, 4)).toEqual([250, 375, 562.5, 843.75]);
    expect([end.accepted(), end.agent.connected]).toEqual([1, true]);
    expect(end.logger.entries.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
  });

  it("are searched at once for a replica that comes while another search is slow", async () => {
    const { clock, pauses } = recordingClock();
    await using end = await start(["a"], { clock, random: () => 0 });
    end.agent.reach(["a", "b"]);
    await eventually("it searches slowly", () => (pauses.at(-1) ?? 0) > 5_000);
    const slow = pauses.length;
    end.balancer.lead([(await end.add("c")).port]);
    end.agent.reach(["a", "c"]);
    await eventually("c has a tunnel", () => end.hub("c").tunnels.length === 1);
    expect(pauses.slice(slow)).toEqual([250]);
  });
});
