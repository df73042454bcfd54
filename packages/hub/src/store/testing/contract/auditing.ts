import fc from "fast-check";
import { expect, it } from "vitest";
import type { AuditFilter } from "../../audit/audit.ts";
import { boundedText } from "../../bounded-text.ts";
import type { ContractPart } from "../describe-store.ts";
import { allPages, anEntry } from "../entries.ts";
import { refusal } from "../refusal.ts";

/** What is kept of an entry, who finds it, and how long. */
export const auditing: ContractPart = (scene) => {
  it("keeps every field, and null for what was absent", async () => {
    const { audit } = scene().store;
    const some = { keyId: "k", project: "p", name: "n", uid: "u", note: "why" };
    const full = anEntry({ time: 1_700_000_000_123, kind: "Full", actorType: "api-key", ...some });
    const bare = anEntry({ time: 1_700_000_000_122, kind: "Full" });
    await audit.append([full, bare]);
    const { items, next } = await audit.list({ kind: "Full", limit: 200 });
    const absent = { keyId: null, project: null, name: null, uid: null, note: null };
    const id = expect.any(String);
    expect(items).toEqual([
      { ...full, id },
      { ...bare, ...absent, id },
    ]);
    expect(next).toBeUndefined();
  });

  it("takes the clock's time when none is given", async () => {
    const { audit } = scene().store;
    const before = Date.now();
    await audit.append([anEntry({ kind: "Now" })]);
    const time = (await audit.list({ kind: "Now", limit: 1 })).items[0]?.time ?? 0;
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  const filters: [string, AuditFilter, string[]][] = [
    ["all", {}, ["e", "d", "c", "b", "a"]],
    ["one project", { projects: ["p"] }, ["d", "a"]],
    ["projects, however often named", { projects: ["p", "q", "p"] }, ["d", "c", "a"]],
    ["no project at all", { projects: [] }, []],
    ["a project without entries", { projects: ["r"] }, []],
    ["an action", { action: "delete" }, ["b"]],
    ["an actor", { actor: "bob" }, ["e", "c"]],
    ["an earliest time, itself included", { from: 3_000 }, ["e", "d", "c"]],
    ["an end, itself excluded", { to: 3_000 }, ["b", "a"]],
    ["a span", { from: 2_000, to: 4_000 }, ["c", "b"]],
    ["several at once", { projects: ["q", "p"], actor: "bob", from: 1, to: 9_000 }, ["c"]],
    ["hostile words", { actor: "bob' or '1'='1" }, []],
  ];
  it.each(filters)("finds by %s", async (title, filter, names) => {
    const { audit } = scene().store;
    const kind = `Filtered by ${title}`;
    await audit.append([
      anEntry({ kind, time: 1_000, name: "a", project: "p" }),
      anEntry({ kind, time: 2_000, name: "b", action: "delete" }),
      anEntry({ kind, time: 3_000, name: "c", project: "q", actor: "bob" }),
      anEntry({ kind, time: 4_000, name: "d", project: "p" }),
      anEntry({ kind, time: 5_000, name: "e", actor: "bob" }),
    ]);
    const { items } = await audit.list({ ...filter, kind, limit: 200 });
    expect(items.map(({ name }) => name)).toEqual(names);
  });

  it.each([0, 201, 1.5, Number.NaN, -1])("refuses the limit %s", async (limit) => {
    await refusal(scene().store.audit.list({ limit }), "USAGE");
  });

  it("refuses more projects than a statement takes", async () => {
    const projects = Array.from({ length: 10_001 }, (_, index) => `p-${index}`);
    await refusal(scene().store.audit.list({ projects, limit: 1 }), "USAGE");
    expect(await scene().store.audit.list({ projects: projects.slice(1), limit: 1 })).toEqual({ items: [] });
  });

  it.each([
    ["time", { time: Number.NaN }],
    ["time", { time: -1 }],
    ["time", { time: 2 ** 49 }],
    ["status", { status: 200.5 }],
  ])("refuses a %s that is none, and keeps nothing of that append", async (_, wrong) => {
    const { audit } = scene().store;
    await refusal(audit.append([anEntry({ kind: "Wrong" }), anEntry({ kind: "Wrong", ...wrong })]), "USAGE");
    expect((await audit.list({ kind: "Wrong", limit: 1 })).items).toEqual([]);
  });

  it("keeps and finds any text, cut to its bound", async () => {
    const { audit } = scene().store;
    let run = 0;
    const text = fc.string({ unit: "binary", maxLength: 400 });
    const hostile = fc.constantFrom("\0", "a\0b", "'; drop table audit; --", "\ud800", 'x"y', "\\", "🦑".repeat(300));
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, hostile), fc.oneof(text, hostile), async (actor, message) => {
        run += 1;
        await audit.append([anEntry({ kind: `Text ${run}`, actor, message, note: message, project: actor })]);
        const { items } = await audit.list({ kind: `Text ${run}`, actor, projects: [actor], limit: 2 });
        const kept = boundedText(message, 4096);
        expect(items).toMatchObject([{ actor: boundedText(actor, 253), message: kept, note: kept }]);
      }),
      { numRuns: 60 },
    );
  });

  it("cuts a message of a megabyte", async () => {
    const { audit } = scene().store;
    await audit.append([anEntry({ kind: "Long", message: "ä".repeat(1_000_000), path: "/".repeat(1_000_000) })]);
    const { items } = await audit.list({ kind: "Long", limit: 1 });
    expect(Buffer.byteLength(items[0]?.message ?? "")).toBeLessThanOrEqual(4096);
    expect(items[0]?.message).toMatch(/^ä{2000,}…$/);
    expect(items[0]?.path).toHaveLength(2046);
  });

  it("has every entry of many appends at once, those of one append in their order", async () => {
    const { audit } = scene().store;
    await using other = await scene().another();
    const time = 1_700_000_000_000;
    const appends = Array.from({ length: 300 }, (_, index) => {
      const pair = ["first", "second"].map((note) => anEntry({ kind: "Many", time, name: String(index), note }));
      return (index % 3 === 0 ? other.audit : audit).append(pair);
    });
    await Promise.all(appends);
    const items = await allPages(audit, { kind: "Many", limit: 200 });
    expect(new Set(items.map(({ name, note }) => `${name} ${note}`)).size).toBe(600);
    for (let index = 0; index < 300; index += 1) {
      const notes = items.filter(({ name }) => name === String(index)).map(({ note }) => note);
      expect(notes).toEqual(["second", "first"]);
    }
  });

  it("forgets what is older than a time, and nothing else", async () => {
    await using database = await scene().fresh();
    await using store = await scene().another(database);
    const entries = Array.from({ length: 1_203 }, (_, time) => anEntry({ time: time + 1_000 }));
    await store.audit.append(entries);
    expect(await store.audit.prune(2_200)).toBe(1_200);
    expect((await store.audit.list({ limit: 200 })).items.map(({ time }) => time)).toEqual([2_202, 2_201, 2_200]);
    expect(await store.audit.prune(2_200)).toBe(0);
    await refusal(store.audit.prune(Number.NaN), "USAGE");
  });
};
