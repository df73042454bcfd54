import { describe, expect, it } from "vitest";
import { syncerRules } from "./rules.ts";

const rules = syncerRules();
const all = [...rules.cluster, ...rules.dedicated, ...rules.namespace, ...rules.system];

describe("the syncer's rights", () => {
  it("allow no writes outside the namespaces of nested clusters, but to the status of NestedClusters", () => {
    const writes = rules.cluster.flatMap(({ resources, verbs }) =>
      verbs.filter((verb) => !["get", "list", "watch"].includes(verb)).map((verb) => `${verb} ${resources.join()}`),
    );
    expect(writes).toEqual(["patch nestedclusters/status"]);
  });

  it("let a dedicated syncer only read outside its namespace, and no NestedCluster but by a rule of its own", () => {
    expect(new Set(rules.dedicated.flatMap(({ verbs }) => verbs))).toEqual(new Set(["get", "list", "watch"]));
    expect(rules.dedicated.flatMap(({ resources }) => resources)).toEqual([
      "nodes",
      "nodes/metrics",
      "nodes/stats",
      "persistentvolumes",
      "storageclasses",
    ]);
  });

  it("hold no wildcard, no escalation and no way into every pod of the host", () => {
    for (const { apiGroups, resources, verbs } of all) {
      expect([...apiGroups, ...resources, ...verbs]).not.toContain("*");
      expect(resources).not.toContain("nodes/proxy");
      expect(verbs).not.toContain("impersonate");
      expect(resources.some((resource) => resource.startsWith("role"))).toBe(false);
    }
    expect(rules.cluster.flatMap(({ resources }) => resources)).not.toContain("secrets");
  });

  it("name each resource once", () => {
    const named = rules.namespace.flatMap(({ apiGroups, resources }) =>
      resources.map((each) => `${apiGroups.join()}/${each}`),
    );
    expect(new Set(named).size).toBe(named.length);
  });
});
