import { isAppError } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { clusterFilter, labelFilter, nameFilter } from "./filter.ts";
import { pageOf } from "./page.ts";
import { type SortKey, sortedBy } from "./place.ts";

const object = (name: string, labels: Record<string, string> = {}, more: object = {}): KubeObject => ({
  metadata: { name, namespace: "team", labels },
  spec: {},
  ...more,
});

describe("labelFilter", () => {
  const cases: [string, Record<string, string>, boolean][] = [
    ["claims", { claims: "" }, true],
    ["claims", { Claims: "" }, false],
    ["!claims", {}, true],
    ["team=a", { team: "a" }, true],
    ["team==a", { team: "b" }, false],
    ["team!=a", {}, true],
    ["team=a,!old", { team: "a" }, true],
    ["team=a,!old", { team: "a", old: "" }, false],
    ["constructor", {}, false],
  ];
  it.each(cases)("%s on %j is %s", (selector, labels, expected) => {
    expect(labelFilter(selector)(object("x", labels))).toBe(expected);
  });

  it.each(["", "a b", "!a=b", "=x", "a in (b)", "a,,b"])("refuses %j", (selector) => {
    expect(() => labelFilter(selector)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});

describe("clusterFilter", () => {
  it("needs everything that is asked for", () => {
    const one = object("web-1", {}, { spec: { group: "g" }, status: { host: "h", phase: "Ready" } });
    expect(clusterFilter({ host: "h", group: "g", phase: "Ready", project: "team" })(one)).toBe(true);
    expect(clusterFilter({ host: "other" })(one)).toBe(false);
    expect(clusterFilter({ phase: "Pending" })(object("new"))).toBe(true);
  });
});

describe("nameFilter", () => {
  it("takes those whose name contains it, and all without one", () => {
    const names = ["web-1", "old-web", "api"].map((name) => object(name));
    const found = (part: string | undefined) => names.filter(nameFilter(part)).map(({ metadata }) => metadata.name);
    expect([found("web"), found("Web"), found(undefined)]).toEqual([
      ["web-1", "old-web"],
      [],
      ["web-1", "old-web", "api"],
    ]);
  });
});

describe("pageOf", () => {
  const key: SortKey = ({ metadata }) => metadata.name;
  const names = sortedBy(
    key,
    ["d", "b", "a", "c", "e"].map((name) => object(name)),
  );
  const walk = (order: "asc" | "desc"): string[] => {
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = pageOf(names, key, { limit: 2, order, continue: next });
      expect(page.total).toBe(5);
      seen.push(...page.items.map(key));
      next = page.continue;
    } while (next !== undefined);
    return seen;
  };

  it("gives every object once, in order, forwards and backwards", () => {
    expect(walk("asc")).toEqual(["a", "b", "c", "d", "e"]);
    expect(walk("desc")).toEqual(["e", "d", "c", "b", "a"]);
  });

  it("goes on behind an object that is gone", () => {
    const first = pageOf(names, key, { limit: 2, order: "asc" });
    const left = names.filter(({ metadata }) => metadata.name !== "b");
    const second = pageOf(left, key, { limit: 9, order: "asc", continue: first.continue });
    expect(second.items.map(key)).toEqual(["c", "d", "e"]);
  });

  it.each(["x", "W10", Buffer.from('["a"]').toString("base64url"), Buffer.from("[1,2,3]").toString("base64url")])(
    "refuses the token %j",
    (token) => {
      try {
        pageOf(names, key, { limit: 2, order: "asc", continue: token });
        expect.unreachable();
      } catch (error) {
        expect(isAppError(error, "USAGE")).toBe(true);
      }
    },
  );
});
