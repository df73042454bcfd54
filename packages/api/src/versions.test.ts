import { describe, expect, it } from "vitest";
import { defaultVersion, isSupportedVersion, parseVersion } from "./versions.ts";

describe("parseVersion", () => {
  const cases: [string, ReturnType<typeof parseVersion>][] = [
    ["v1.34.2", { minor: 34, patch: 2 }],
    ["v1.34.2+k3s1", { minor: 34, patch: 2, k3s: 1 }],
    ["1.34.2", undefined],
    ["v1.34", undefined],
    ["v2.0.0", undefined],
    ["v1.34.2-rc.1", undefined],
    ["v1.34.2+k3s1\n", undefined],
  ];
  it.each(cases)("reads %j", (text, expected) => {
    expect(parseVersion(text)).toEqual(expected);
  });
});

describe("isSupportedVersion", () => {
  it("knows the table's minors and the default among them", () => {
    expect(isSupportedVersion(defaultVersion)).toBe(true);
    expect(isSupportedVersion("v1.32.9")).toBe(false);
    expect(isSupportedVersion("v1.36.0")).toBe(false);
    expect(isSupportedVersion("latest")).toBe(false);
  });
});
