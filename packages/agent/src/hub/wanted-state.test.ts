import type { WantedLine } from "@inkube/api";
import { describe, expect, it } from "vitest";
import { createWantedState } from "./wanted-state.ts";

const cluster = (name: string, uid = name): WantedLine => ({
  type: "cluster",
  project: "team",
  name,
  uid,
  generation: 1,
  spec: {},
  deleting: false,
});

describe("what the hub wants", () => {
  it("is known by project and name, and kept while the hub is away", () => {
    const state = createWantedState();
    state.begin();
    expect(state.take(cluster("a"))).toEqual({ keys: ["team/a"], hostChanged: false });
    state.take({ type: "synced" });
    state.begin();
    expect(state.get("team/a")?.uid).toBe("a");
  });

  it("is complete again after each connection: what was not told again is forgotten, and looked at", () => {
    const state = createWantedState();
    state.begin();
    for (const name of ["a", "b"]) state.take(cluster(name));
    state.take({ type: "synced" });
    state.begin();
    state.take(cluster("b"));
    expect(state.take({ type: "synced" }).keys.sort()).toEqual(["team/a", "team/b"]);
    expect([...state.keys()]).toEqual(["team/b"]);
  });

  it("forgets one that is gone, and not another of the same name", () => {
    const state = createWantedState();
    state.take(cluster("a", "new"));
    state.take({ type: "gone", project: "team", name: "a", uid: "old" });
    expect(state.get("team/a")?.uid).toBe("new");
    state.take({ type: "gone", project: "team", name: "a", uid: "new" });
    expect(state.get("team/a")).toBeUndefined();
  });

  it("takes no notice of beats", () => {
    expect(createWantedState().take({ type: "beat" })).toEqual({ keys: [], hostChanged: false });
  });
});
