import { describe, expect, it } from "vitest";
import { getCondition, isConditionTrue, setCondition } from "./conditions.ts";

const first = Date.parse("2026-01-01T00:00:00Z");
const later = first + 60_000;
const ready = { type: "Ready", status: "True", reason: "Ready", message: "Fine.", observedGeneration: 1 } as const;

describe("setCondition", () => {
  it("dates a new condition with now, in whole seconds", () => {
    expect(setCondition(undefined, ready, first + 5)).toEqual([
      { ...ready, lastTransitionTime: "2026-01-01T00:00:00Z" },
    ]);
  });

  it("keeps the transition time while the status stays, whatever else changes", () => {
    const before = setCondition([], ready, first);
    const after = setCondition(before, { ...ready, message: "Still fine.", observedGeneration: 2 }, later);
    expect(after[0]).toMatchObject({
      message: "Still fine.",
      observedGeneration: 2,
      lastTransitionTime: "2026-01-01T00:00:00Z",
    });
  });

  it("moves the transition time when the status changes", () => {
    const after = setCondition(setCondition([], ready, first), { ...ready, status: "False" }, later);
    expect(after[0]?.lastTransitionTime).toBe("2026-01-01T00:01:00Z");
  });

  it("puts Ready first and the others by name, and leaves its input alone", () => {
    const before = setCondition(setCondition([], { ...ready, type: "Synced" }, first), { ...ready, type: "A" }, first);
    const after = setCondition(before, ready, first);
    expect(after.map((condition) => condition.type)).toEqual(["Ready", "A", "Synced"]);
    expect(before.map((condition) => condition.type)).toEqual(["A", "Synced"]);
  });

  it("changes nothing when the same is said again", () => {
    const before = setCondition([], ready, first);
    expect(setCondition(before, ready, later)).toEqual(before);
  });
});

describe("getCondition", () => {
  it("finds by type and knows that absence is not True", () => {
    const conditions = setCondition([], ready, first);
    expect(getCondition(conditions, "Ready")?.reason).toBe("Ready");
    expect(getCondition(conditions, "Synced")).toBeUndefined();
    expect(isConditionTrue(conditions, "Ready")).toBe(true);
    expect(isConditionTrue(undefined, "Ready")).toBe(false);
  });
});
