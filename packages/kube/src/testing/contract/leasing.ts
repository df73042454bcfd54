import { expect, it } from "vitest";
import { holdLease } from "../../lease/lease.ts";
import { resources } from "../../resources.ts";
import { systemClock } from "../../system-clock.ts";
import { collectingLogger } from "../collecting-logger.ts";
import { type ContractPart, eventually } from "./scene.ts";

/** What leader election relies on. */
export const leasing: ContractPart = (scene) => {
  it("lets one of two hold a Lease, and the other after its release", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const held: string[] = [];
    const contend = (identity: string) => {
      const stop = new AbortController();
      const done = holdLease({
        client,
        namespace: ns,
        name: "leader",
        identity,
        durationMs: 60_000,
        renewEveryMs: 100,
        clock: systemClock,
        random: Math.random,
        logger: collectingLogger(),
        onAcquired: (signal) => {
          held.push(`${identity} holds`);
          return new Promise<void>((resolve) =>
            signal.addEventListener("abort", () => {
              held.push(`${identity} ends`);
              resolve();
            }),
          );
        },
        signal: stop.signal,
      });
      return { stop, done };
    };
    const first = contend("one");
    await eventually(() => held.length === 1);
    const second = contend("two");
    const seen = await client.get(resources.leases, { namespace: ns, name: "leader" });
    expect(seen?.spec).toMatchObject({ holderIdentity: "one" });
    first.stop.abort();
    await first.done;
    await eventually(() => held.length === 3);
    expect(held).toEqual(["one holds", "one ends", "two holds"]);
    const taken = await client.get(resources.leases, { namespace: ns, name: "leader" });
    expect(taken?.spec).toMatchObject({ holderIdentity: "two", leaseTransitions: 1 });
    second.stop.abort();
    await second.done;
  });
};
