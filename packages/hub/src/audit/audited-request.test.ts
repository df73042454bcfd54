import { describe, expect, it } from "vitest";
import { auditedRequest, type RequestFacts } from "./audited-request.ts";

const facts = (method: string, url: string, more: Partial<RequestFacts> = {}): RequestFacts => ({
  method,
  url,
  ...more,
});
const inside = "/clusters/red/one";
const kubernetes = { route: "/kubernetes/*" };
const clusters = { route: "/clusters/*" };

describe("auditedRequest", () => {
  it.each([
    ["GET", "/api/v1/clusters", {}],
    ["HEAD", "/api/v1/clusters", {}],
    ["GET", `${inside}/api/v1/pods?watch=true`, clusters],
    ["POST", "/agent/v1/report", { route: "/agent/v1/report" }],
    ["POST", "/admission/nestedclusters/secret", { route: "/admission/nestedclusters/:token" }],
    ["POST", "/api/v1/keys", { route: "/api/v1/keys", declared: false }],
  ] as const)("leaves out %s %s", (method, url, more) => {
    expect(auditedRequest(facts(method, url, more))).toBeUndefined();
  });

  it.each([
    ["POST", `${inside}/api/v1/namespaces/a/pods`, clusters, "create", "NestedCluster/pods", "red", "one"],
    [
      "PATCH",
      `${inside}/apis/apps/v1/namespaces/a/deployments/x`,
      clusters,
      "update",
      "NestedCluster/deployments",
      "red",
      "one",
    ],
    ["DELETE", `${inside}/api/v1/namespaces/a`, clusters, "delete", "NestedCluster/namespaces", "red", "one"],
    ["POST", `${inside}/api/v1/namespaces/a/pods/p/eviction`, clusters, "action", "NestedCluster/pods", "red", "one"],
    [
      "GET",
      `${inside}/api/v1/namespaces/a/pods/p/exec`,
      { upgrade: true },
      "action",
      "NestedCluster/pods",
      "red",
      "one",
    ],
    ["POST", `${inside}/anything`, clusters, "action", "NestedCluster", "red", "one"],
    ["POST", "/clusters/nothing", clusters, "action", "NestedCluster", undefined, undefined],
    [
      "DELETE",
      "/kubernetes/apis/inkube.dev/v1alpha1/clustergroups/g",
      kubernetes,
      "delete",
      "ClusterGroup",
      undefined,
      "g",
    ],
    [
      "PUT",
      "/kubernetes/apis/inkube.dev/v1alpha1/namespaces/red/nestedclusters/n/status",
      kubernetes,
      "update",
      "NestedCluster",
      "red",
      "n",
    ],
    [
      "POST",
      "/kubernetes/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
      kubernetes,
      "action",
      "selfsubjectaccessreviews",
      undefined,
      undefined,
    ],
    ["POST", "/auth/token", { route: "/auth/token" }, "action", "Session", undefined, undefined],
    ["POST", "/agent/v1/join", { route: "/agent/v1/join" }, "create", "HostCluster", undefined, undefined],
    [
      "GET",
      "/auth/callback",
      { route: "/auth/callback", declared: { action: "sign-in", kind: "Session" } },
      "sign-in",
      "Session",
      undefined,
      undefined,
    ],
    [
      "PUT",
      "/api/v1/projects/red/members",
      { route: "/api/v1/projects/:project/members", params: { project: "red" }, body: { subject: { name: "mia" } } },
      "update",
      "Member",
      "red",
      "mia",
    ],
    [
      "DELETE",
      "/api/v1/members?kind=User&name=mia",
      { route: "/api/v1/members" },
      "delete",
      "Member",
      undefined,
      "mia",
    ],
    [
      "DELETE",
      "/api/v1/projects/red",
      { route: "/api/v1/projects/:project", params: { project: "red" } },
      "delete",
      "Project",
      "red",
      "red",
    ],
  ] as const)("says of %s %s", (method, url, more, action, kind, project, name) => {
    const found = auditedRequest(facts(method, url, more));
    expect(found).toMatchObject({ action, kind, dryRun: false });
    expect([found?.project, found?.name]).toEqual([project, name]);
  });

  it("goes by the route, whatever the path looks like", () => {
    const hidden = facts("POST", "/%61pi/v1/keys", { route: "/api/v1/keys" });
    expect(auditedRequest(hidden)).toMatchObject({ action: "create", kind: "APIKey", path: "/%61pi/v1/keys" });
  });

  it.each([
    ["?dryRun=true", true],
    ["?dryRun=All", true],
    ["?dryRun=false", false],
    ["?dryRun=", false],
    ["", false],
  ])("knows a dry run by %j", (query, dryRun) => {
    expect(auditedRequest(facts("POST", `/api/v1/groups${query}`, { route: "/api/v1/groups" }))?.dryRun).toBe(dryRun);
  });
});
