import fc from "fast-check";
import { expect, it } from "vitest";
import type { ContractPart } from "../describe-store.ts";
import { allPages, anEntry, aSample } from "../entries.ts";
import { refusal } from "../refusal.ts";

const times = fc.array(fc.integer({ min: 1_000, max: 1_030 }), { maxLength: 12 });

/** Pages, and the cursors between them. */
export const auditPaging: ContractPart = (scene) => {
  it("shows what was there exactly once and in order, whatever two hubs append meanwhile", async () => {
    const { audit } = scene().store;
    await using other = await scene().another();
    let run = 0;
    const inputs = fc.tuple(times, fc.array(times, { maxLength: 8 }), fc.integer({ min: 1, max: 5 }));
    const property = fc.asyncProperty(inputs, async ([atFirst, later, limit]) => {
      run += 1;
      const kind = `Paged ${run}`;
      await audit.append(atFirst.map((time, index) => anEntry({ kind, time, name: `first-${index}` })));
      let step = 0;
      const between = async () => {
        const hub = step % 2 === 0 ? other.audit : audit;
        const rows = (later[step] ?? []).map((time) => anEntry({ kind, time, name: "later" }));
        step += 1;
        await hub.append(rows);
      };
      const items = await allPages(audit, { kind, limit }, between);
      const ids = items.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].sort().reverse());
      const seen = items.map(({ time }) => time);
      expect(seen).toEqual(seen.toSorted((left, right) => right - left));
      const first = items.flatMap(({ name }) => (name?.startsWith("first") ? [name] : []));
      expect(first.sort()).toEqual(atFirst.map((_, index) => `first-${index}`).sort());
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it("has no next page when the last one is exactly full", async () => {
    const { audit } = scene().store;
    await audit.append(["a", "b"].map((name) => anEntry({ kind: "Full page", name })));
    const page = await audit.list({ kind: "Full page", limit: 2 });
    expect(page.items).toHaveLength(2);
    expect(page.next).toBeUndefined();
    expect((await audit.list({ kind: "Full page", limit: 1 })).next).toBeDefined();
  });

  it("goes on at a cursor that another hub gave, under the rights of who brings it", async () => {
    const { audit } = scene().store;
    await using other = await scene().another();
    const rows = ["a", "b", "c"].map((name, time) => anEntry({ kind: "Shared", name, time, project: name }));
    await audit.append(rows);
    const { next = "" } = await other.audit.list({ kind: "Shared", limit: 1 });
    const rest = await audit.list({ kind: "Shared", limit: 5, cursor: next, projects: ["a", "c"] });
    expect(rest.items.map(({ name }) => name)).toEqual(["a"]);
  });

  it("refuses a cursor that was changed, anywhere", async () => {
    const { audit } = scene().store;
    await audit.append(["a", "b"].map((name) => anEntry({ kind: "Changed", name })));
    const { next = "" } = await audit.list({ kind: "Changed", limit: 1 });
    const change = fc.tuple(fc.nat(next.length - 1), fc.constantFrom("", "A", "9", "_", ".", "\0", "é", "=="));
    const property = fc.asyncProperty(change, async ([at, put]) => {
      const cursor = next.slice(0, at) + put + next.slice(at + 1);
      fc.pre(cursor !== next);
      await refusal(audit.list({ kind: "Changed", limit: 1, cursor }), "USAGE");
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it("refuses a cursor of another list, and what is none", async () => {
    const { audit, usage } = scene().store;
    await usage.add([aSample({ cluster: "a" }), aSample({ cluster: "b" })]);
    const ofUsage = (await usage.list({ limit: 1 })).next ?? "";
    await refusal(audit.list({ limit: 1, cursor: ofUsage }), "USAGE");
    for (const cursor of ["", ".", "{}", "x".repeat(100_000)]) {
      await refusal(audit.list({ limit: 1, cursor }), "USAGE");
    }
  });
};
