import { collectingLogger } from "@inkube/kube/testing";
import { expect, it } from "vitest";
import { openStore } from "../../open-store.ts";
import { unreachable } from "../../store-error.ts";
import type { ContractPart } from "../describe-store.ts";
import { anEntry, anEvent, aSample } from "../entries.ts";
import { hurriedClock } from "../hurried-clock.ts";
import { refusal } from "../refusal.ts";

/** A database that goes away and comes back while the hub runs. */
export const recovering: ContractPart = (scene) => {
  it("says so when it cannot write, keeps nothing half, and writes again without a restart", async () => {
    const { database } = scene();
    await using store = await openStore({ url: database.url, clock: hurriedClock(), logger: collectingLogger() });
    await store.audit.append([anEntry({ actor: "before" })]);
    const restore = await database.cut();
    try {
      const error = await refusal(store.audit.append([anEntry({ actor: "lost" })]), unreachable);
      expect(error.retry).toBe("backoff");
      expect(error.todo).not.toBe("");
      await refusal(store.usage.add([aSample()]), unreachable);
      await refusal(store.events.record([anEvent()]), unreachable);
    } finally {
      await restore();
    }
    await store.audit.append([anEntry({ actor: "after" })]);
    await store.usage.add([aSample()]);
    const { items } = await store.audit.list({ limit: 9 });
    expect(items.map(({ actor }) => actor).sort()).toEqual(["after", "before"]);
    expect((await store.usage.list({ limit: 9 })).items).toMatchObject([{ samples: 1 }]);
  });
};
