import { expect, it } from "vitest";
import type { EventLog, EventPageRequest, EventRecord } from "../../events/events.ts";
import type { ContractPart } from "../describe-store.ts";
import { anEntry, anEvent } from "../entries.ts";
import { refusal } from "../refusal.ts";

async function allPages(events: EventLog, request: EventPageRequest): Promise<EventRecord[]> {
  const items: EventRecord[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await events.page({ ...request, ...(cursor !== undefined && { cursor }) });
    items.push(...page.items);
    if (page.next === undefined) return items;
    expect(page.items).toHaveLength(request.limit);
    cursor = page.next;
  }
}

const about = ({ project, cluster, host }: EventRecord): string => (project ? `${project}/${cluster}` : host);

/** Pages of kept events of many objects. */
export const eventPages: ContractPart = (scene) => {
  it("has every event once, the last seen first, for every size of page", async () => {
    const { events } = scene().store;
    const some = Array.from({ length: 23 }, (_, index) =>
      anEvent({ project: "paged", cluster: `c-${index % 3}`, uid: `u-${index}`, lastTime: 1_000 + (index % 5) }),
    );
    await events.record(some);
    for (const limit of [1, 4, 23, 100]) {
      const found = await allPages(events, { project: "paged", limit });
      expect(new Set(found.map(({ uid }) => uid)).size).toBe(23);
      expect(found.map(({ lastTime }) => lastTime)).toEqual(
        found.map(({ lastTime }) => lastTime).sort((a, b) => b - a),
      );
    }
  });

  const filters: [string, Omit<EventPageRequest, "limit">, string[]][] = [
    ["nothing", {}, ["h1", "h2", "p/a", "p/b", "q/a"]],
    ["project", { project: "p" }, ["p/a", "p/b"]],
    ["cluster", { cluster: "a" }, ["p/a", "q/a"]],
    ["host", { host: "h2" }, ["h2", "q/a"]],
    ["severity", { severity: "Warning" }, ["q/a"]],
    ["time", { since: 4_000 }, ["h2", "q/a"]],
    ["an empty project, which is no right to see hosts", { project: "" }, []],
    ["an audience of some projects", { audience: { projects: ["p"], hosts: [] } }, ["p/a", "p/b"]],
    ["an audience of some hosts", { audience: { projects: [], hosts: ["h2"] } }, ["h2"]],
    ["an audience of all projects", { audience: { hosts: ["h1"] } }, ["h1", "p/a", "p/b", "q/a"]],
    ["an audience of an empty project", { audience: { projects: [""], hosts: [] } }, []],
    ["an audience of nobody", { audience: { projects: [], hosts: [] } }, []],
    ["a project outside of the audience", { project: "q", audience: { projects: ["p"], hosts: ["h1"] } }, []],
  ];
  it("finds by every filter, and shows an audience what is its own", async () => {
    await using database = await scene().fresh();
    await using store = await scene().another(database);
    const { project: _, cluster: __, ...host } = anEvent();
    await store.events.record([
      { ...host, host: "h1", lastTime: 1_000 },
      anEvent({ host: "h1", project: "p", cluster: "a", lastTime: 2_000 }),
      anEvent({ host: "h1", project: "p", cluster: "b", lastTime: 3_000 }),
      anEvent({ host: "h2", project: "q", cluster: "a", lastTime: 4_000, type: "Warning" }),
      { ...host, host: "h2", lastTime: 5_000 },
    ]);
    for (const [title, filter, expected] of filters) {
      const found = await allPages(store.events, { ...filter, limit: 2 });
      expect(found.map(about).sort(), title).toEqual(expected);
    }
  });

  it("refuses limits and cursors that are none, those of other lists too", async () => {
    const { events, audit } = scene().store;
    await audit.append([anEntry(), anEntry()]);
    const { next = "" } = await audit.list({ limit: 1 });
    for (const wrong of [{ limit: 0 }, { limit: 1_001 }, { limit: 1, cursor: "x" }, { limit: 1, cursor: next }]) {
      await refusal(events.page(wrong), "USAGE");
    }
  });
};
