import { names } from "@inkube/api";
import { describe, expect, it } from "vitest";
import { agentRules } from "./agent-rules.ts";

const rulesFor = (resource: string) => agentRules.filter(({ resources }) => resources.includes(resource));
const verbs = (resource: string, named: boolean) =>
  rulesFor(resource)
    .filter(({ resourceNames }) => (resourceNames !== undefined) === named)
    .flatMap((rule) => rule.verbs);

describe("what the agent may do with endpoints", () => {
  it.each(["ingresses", "tlsroutes", "transportservers"])("changes and deletes %s of its own name only", (resource) => {
    expect(verbs(resource, true).sort()).toEqual(["delete", "get", "patch"]);
    expect(verbs(resource, false)).not.toEqual(expect.arrayContaining(["delete"]));
    expect(verbs(resource, false)).not.toEqual(expect.arrayContaining(["patch"]));
    for (const { resourceNames } of rulesFor(resource))
      expect(resourceNames ?? [names.controlPlane]).toEqual(["control-plane"]);
  });

  it("only reads what the host offers", () => {
    expect(verbs("ingressclasses", false)).toEqual(["list", "watch"]);
    expect(verbs("gateways", false)).toEqual(["get"]);
  });
});
