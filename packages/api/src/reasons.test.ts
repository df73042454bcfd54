import { describe, expect, it } from "vitest";
import { type Reason, reasonMessage, reasons } from "./reasons.ts";

describe("reasons", () => {
  it.each(Object.entries(reasons))("%s is CamelCase and speaks in whole sentences", (name, text) => {
    expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(text.happened).toMatch(/^[A-Z].*\.$/);
    if (text.todo !== "") expect(text.todo).toMatch(/^[A-Z].*\.$/);
  });

  const cases: [Reason, string, string][] = [
    ["InSync", "", "Both sides agree."],
    [
      "Unschedulable",
      "0/1 nodes are available: 1 Insufficient cpu",
      "No host node has room for the control plane. 0/1 nodes are available: 1 Insufficient cpu. Free capacity on the host or add a node.",
    ],
  ];
  it.each(cases)("message of %s: what happened, particulars, what to do", (reason, particulars, expected) => {
    expect(reasonMessage(reason, particulars)).toBe(expected);
  });
});
