import { expect, it } from "vitest";
import type { ContractPart } from "../describe-store.ts";
import { anEvent } from "../entries.ts";
import { refusal } from "../refusal.ts";

/** Kept events. */
export const eventLog: ContractPart = (scene) => {
  it("keeps every field, of nested clusters and of hosts apart", async () => {
    const { events } = scene().store;
    const { project: _, cluster: __, ...about } = anEvent({ host: "fields", uid: "of-host" });
    const ofCluster = anEvent({ host: "fields", project: "p", cluster: "c" });
    await events.record([about, ofCluster]);
    expect(await events.list({ host: "fields", limit: 9 })).toEqual([{ ...about, project: null, cluster: null }]);
    expect(await events.list({ project: "p", cluster: "c", limit: 9 })).toEqual([ofCluster]);
    expect(await events.list({ project: "q", cluster: "c", limit: 9 })).toEqual([]);
  });

  it("lists the last seen first, by severity, age and number", async () => {
    const { events } = scene().store;
    const now = Date.now();
    const at = (uid: string, ageMs: number, type: "Normal" | "Warning") =>
      anEvent({ cluster: "aged", uid, type, lastTime: now - ageMs });
    await events.record([at("old", 5 * 3_600_000, "Warning"), at("mid", 3_600_000, "Normal"), at("new", 0, "Warning")]);
    const uids = async (filter: object) => {
      const found = await events.list({ project: "team", cluster: "aged", limit: 9, ...filter });
      return found.map(({ uid }) => uid);
    };
    expect(await uids({})).toEqual(["new", "mid", "old"]);
    expect(await uids({ severity: "Warning" })).toEqual(["new", "old"]);
    expect(await uids({ maxAgeMs: 3 * 3_600_000 })).toEqual(["new", "mid"]);
    expect(await uids({ limit: 1 })).toEqual(["new"]);
    await refusal(events.list({ host: "x", limit: 1_001 }), "USAGE");
  });

  it("replaces an event of the same uid by a newer one, never by an older one", async () => {
    const { events } = scene().store;
    const at = (lastTime: number, count: number) =>
      anEvent({ cluster: "again", lastTime, count, message: `at ${lastTime}` });
    await events.record([at(2_000, 2), at(3_000, 3), at(1_000, 1)]);
    await events.record([at(2_500, 9)]);
    const list = () => events.list({ project: "team", cluster: "again", limit: 9 });
    expect(await list()).toEqual([at(3_000, 3)]);
    await events.record([at(4_000, 4)]);
    await events.record([at(4_000, 4)]);
    expect(await list()).toEqual([at(4_000, 4)]);
  });

  it("does not let a host overwrite what another host said", async () => {
    const { events } = scene().store;
    await events.record([anEvent({ cluster: "moved", host: "one", message: "true" })]);
    await events.record([anEvent({ cluster: "moved", host: "two", message: "false", lastTime: 9_000 })]);
    const found = await events.list({ project: "team", cluster: "moved", limit: 9 });
    expect(found.map(({ host, message }) => [host, message])).toEqual([
      ["two", "false"],
      ["one", "true"],
    ]);
  });

  it("keeps the newest thousand of each object", async () => {
    const { events } = scene().store;
    const many = Array.from({ length: 1_150 }, (_, index) =>
      anEvent({ cluster: "chatty", uid: `u-${index}`, lastTime: 10_000 + index }),
    );
    await events.record([anEvent({ cluster: "quiet", lastTime: 1 })]);
    await events.record(many.toReversed());
    await events.record([anEvent({ cluster: "chatty", uid: "too-old", lastTime: 1 })]);
    const found = await events.list({ project: "team", cluster: "chatty", limit: 1_000 });
    expect(found.map(({ uid }) => uid)).toEqual(
      many
        .slice(150)
        .reverse()
        .map(({ uid }) => uid),
    );
    expect(await scene().database.run("select count(*) as n from events where cluster = 'chatty'")).toMatchObject([
      { n: expect.toSatisfy((n: unknown) => Number(n) === 1_000) },
    ]);
    expect(await events.list({ project: "team", cluster: "quiet", limit: 9 })).toHaveLength(1);
  });

  it("takes events of two hubs at once, in any order", async () => {
    await using other = await scene().another();
    const { events } = scene().store;
    const some = Array.from({ length: 60 }, (_, index) => anEvent({ cluster: "busy", uid: `u-${index}` }));
    await Promise.all([events.record(some), other.events.record(some.toReversed()), events.record(some.slice(20))]);
    expect(await events.list({ project: "team", cluster: "busy", limit: 100 })).toHaveLength(60);
  });

  it("takes hostile words, and refuses numbers that are none", async () => {
    const { events } = scene().store;
    const words = { uid: "\0'\ud800", message: "m".repeat(1_000_000), reason: "'; drop table events; --" };
    await events.record([anEvent({ host: "🦑".repeat(500), project: "'", cluster: '"', ...words })]);
    const [found] = await events.list({ project: "'", cluster: '"', limit: 1 });
    expect(found).toMatchObject({ uid: "\ufffd'\ufffd", reason: words.reason });
    expect(found?.message).toHaveLength(4094);
    await refusal(events.record([anEvent({ count: Number.NaN })]), "USAGE");
  });

  it("forgets what is older than a time", async () => {
    await using database = await scene().fresh();
    await using store = await scene().another(database);
    const some = Array.from({ length: 700 }, (_, index) => anEvent({ uid: `u-${index}`, lastTime: index }));
    await store.events.record(some);
    expect(await store.events.prune(699)).toBe(699);
    expect(await store.events.list({ project: "team", cluster: "demo", limit: 9 })).toMatchObject([{ uid: "u-699" }]);
  });
};
