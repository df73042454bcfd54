import { describe, expect, it } from "vitest";
import { features } from "./feature-list.ts";
import { idsIn, tally } from "./tally.ts";

const list = [
  { id: "AB-01", title: "one" },
  { id: "AB-02", title: "two" },
  { id: "AB-03", title: "three", notApplicable: "there is none" },
  { id: "AB-04", title: "four" },
];

describe("tally", () => {
  it("tells what tests with the ID in their names have shown, and what none has", () => {
    const rows = tally(
      [
        { fullName: "x AB-01 AB-02 does", status: "passed" },
        { fullName: "x AB-02 fails", status: "failed" },
        { fullName: "x AB-04 later", status: "skipped" },
      ],
      list,
    );
    expect(rows.map(({ id, result }) => [id, result])).toEqual([
      ["AB-01", "passed"],
      ["AB-02", "failed"],
      ["AB-03", "not applicable"],
      ["AB-04", "not shown"],
    ]);
  });

  it("does not take one ID for another", () => {
    expect([...idsIn("NET-01 and NET-010, xAB-01, AB-02x")]).toEqual(["NET-01"]);
  });
});

it("names every feature once", () => {
  expect(new Set(features.map(({ id }) => id)).size).toBe(features.length);
});
