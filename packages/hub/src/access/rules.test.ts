import { describe, expect, it } from "vitest";
import { grantedNames, type Rule } from "./rules.ts";

const right = { verb: "get", group: "inkube.dev", resource: "nestedclusters" };
const rule = (changes: Partial<Rule>): Rule => ({
  verbs: ["get"],
  apiGroups: ["inkube.dev"],
  resources: ["nestedclusters"],
  ...changes,
});

describe("grantedNames", () => {
  it("is all by a rule without names, also one of stars", () => {
    expect(grantedNames([rule({})], right)).toBe("all");
    expect(grantedNames([rule({ verbs: ["*"], apiGroups: ["*"], resources: ["*"] })], right)).toBe("all");
  });

  it("is the names of all fitting rules together", () => {
    const rules = [
      rule({ resourceNames: ["a"] }),
      rule({ resourceNames: ["b"] }),
      rule({ verbs: ["list"], resourceNames: ["c"] }),
    ];
    expect(grantedNames(rules, right)).toEqual(new Set(["a", "b"]));
  });

  it("is nothing by rules for another group, resource or subresource", () => {
    const others = [
      rule({ apiGroups: [""] }),
      rule({ resources: ["pods"] }),
      rule({ resources: ["nestedclusters/access"] }),
    ];
    expect(grantedNames(others, right)).toEqual(new Set());
    expect(grantedNames([rule({})], { ...right, subresource: "access" })).toEqual(new Set());
    expect(grantedNames([rule({ resources: ["*/access"] })], { ...right, subresource: "access" })).toBe("all");
  });
});
