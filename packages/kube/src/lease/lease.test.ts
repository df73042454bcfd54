import { describe, expect, it } from "vitest";
import type { Client } from "../client/client.ts";
import { createClient } from "../client/create-client.ts";
import { resources } from "../resources.ts";
import { collectingLogger, FakeClock, startFakeApiServer } from "../testing/index.ts";
import { holdLease, type LeaseOptions } from "./lease.ts";

const ref = { namespace: "default", name: "leader" };

async function open() {
  const server = await startFakeApiServer();
  const clock = new FakeClock();
  const clients: Client[] = [];
  const aborts: AbortController[] = [];
  const holding = new Set<string>();
  const most = { together: 0 };
  /** Lets the clock run in steps small enough for requests to be answered in between. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      await clock.advance(Math.min(500, left));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
  };
  const contend = (identity: string, options: Partial<LeaseOptions> = {}) => {
    const client = createClient(server.config);
    const abort = new AbortController();
    clients.push(client);
    aborts.push(abort);
    const done = holdLease({
      client,
      ...ref,
      identity,
      clock,
      random: () => 0.5,
      logger: collectingLogger(),
      onAcquired: (signal) => {
        holding.add(identity);
        most.together = Math.max(most.together, holding.size);
        signal.addEventListener("abort", () => holding.delete(identity));
      },
      signal: abort.signal,
      ...options,
    });
    return { abort, done };
  };
  return {
    server,
    clock,
    pass,
    contend,
    holding,
    most,
    holder: () =>
      (server.object(resources.leases, ref)?.spec as { holderIdentity?: string } | undefined)?.holderIdentity,
    async [Symbol.asyncDispose]() {
      for (const abort of aborts) abort.abort();
      await Promise.all(clients.map((client) => client.close()));
      await server[Symbol.asyncDispose]();
    },
  };
}

async function eventually(t: { pass: (ms: number) => Promise<void> }, condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !condition(); turn += 1) await t.pass(100);
  expect(condition()).toBe(true);
}

describe("A lease", () => {
  it("is held by one contender at a time and renewed while it is held", async () => {
    await using t = await open();
    t.contend("a");
    await eventually(t, () => t.holding.has("a"));
    t.contend("b");
    await t.pass(60_000);
    expect([[...t.holding], t.holder(), t.most.together]).toEqual([["a"], "a", 1]);
  });

  it("goes to the next contender soon after it is released, once the work has ended", async () => {
    await using t = await open();
    const events: string[] = [];
    const first = t.contend("a", {
      onAcquired: async (signal) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        events.push("work ended");
      },
      onLost: () => void events.push(`lost, held by "${t.holder()}"`),
    });
    await eventually(t, () => t.holder() === "a");
    t.contend("b");
    await t.pass(5_000);
    first.abort.abort();
    await first.done;
    expect(events).toEqual(["work ended", 'lost, held by ""']);
    await eventually(t, () => t.holding.has("b"));
  });

  it("is taken over only after it was seen unchanged for its whole duration", async () => {
    await using t = await open();
    await createClient(t.server.config).create(resources.leases, {
      metadata: ref,
      spec: { holderIdentity: "dead", leaseDurationSeconds: 15, renewTime: "2000-01-01T00:00:00.000000Z" },
    });
    t.contend("b");
    await t.pass(14_000);
    expect(t.holder()).toBe("dead");
    await eventually(t, () => t.holding.has("b"));
    expect(t.server.object(resources.leases, ref)).toMatchObject({
      spec: { holderIdentity: "b", leaseTransitions: 1 },
    });
  });

  it("is not taken over because somebody set the clock", async () => {
    await using t = await open();
    t.contend("a");
    await eventually(t, () => t.holding.has("a"));
    const shifted = {
      now: () => t.clock.now() + 3_600_000,
      sleep: (ms: number, signal?: AbortSignal) => t.clock.sleep(ms, signal),
    };
    t.contend("b", { clock: shifted });
    await t.pass(30_000);
    expect([[...t.holding], t.most.together]).toEqual([["a"], 1]);
  });

  it("is given up by a holder that cannot renew it, before anyone else could take it", async () => {
    await using t = await open();
    t.contend("a");
    await eventually(t, () => t.holding.has("a"));
    t.server.faults.outage();
    await t.pass(9_000);
    await eventually(t, () => !t.holding.has("a"));
    t.server.faults.restore();
    t.contend("b");
    await eventually(t, () => t.holding.size > 0);
    expect(t.most.together).toBe(1);
  });

  it("is given up at once when somebody else has written it", async () => {
    await using t = await open();
    t.contend("a");
    await eventually(t, () => t.holding.has("a"));
    const client = createClient(t.server.config);
    await client.patch(resources.leases, ref, { spec: { holderIdentity: "thief" } }, { type: "merge" });
    await eventually(t, () => !t.holding.has("a"));
    expect(t.holder()).toBe("thief");
    await client.close();
  });

  it("is released when the work fails, and the failure reaches whoever holds it", async () => {
    await using t = await open();
    const { done } = t.contend("a", { onAcquired: () => Promise.reject(new Error("work failed")) });
    const failed = expect(done).rejects.toThrow("work failed");
    await t.pass(2_000);
    await failed;
    expect(t.holder()).toBe("");
  });
});
