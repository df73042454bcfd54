import { describe, expect, it } from "vitest";
import { defaultVersion, isSupportedVersion, isTooOld, parseVersion } from "./versions.ts";

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

describe("isTooOld", () => {
  it.each([
    ["v1.18.20", true],
    ["v1.30.9-eks-1234", true],
    ["1.9", true],
    ["v0.99.0", true],
    ["v1.31.0", false],
    ["v1.31+", false],
    ["v1.100.0", false],
    ["v2.0.0", false],
    ["", false],
    ["latest", false],
  ])("says of %j, measured by v1.31: %j", (version, expected) => {
    expect(isTooOld(version, "v1.31")).toBe(expected);
  });
});
