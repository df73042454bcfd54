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
    ["what a route of the hub understood", { query: { dryRun: true } }, true],
    ["what it was not asked for", { query: { dryRun: false } }, false],
    ["a parameter that the route does not know", { query: {} }, false],
    ["a parameter that nobody has checked", { query: { dryRun: "true" } }, false],
  ])("goes for a dry run by %s", (_title, more, dryRun) => {
    const found = auditedRequest(facts("POST", "/api/v1/groups?dryRun=true", { route: "/api/v1/groups", ...more }));
    expect(found?.dryRun).toBe(dryRun);
  });

  const pod = "/api/v1/namespaces/a/pods/p";
  it.each([
    ["POST", "/api/v1/namespaces/a/pods?dryRun=All", {}, true],
    ["PATCH", `${pod}?dryRun=All&dryRun=All`, { hasBody: true }, true],
    ["PUT", `${pod}/status?dryRun=All`, { hasBody: true }, true],
    ["DELETE", `${pod}?dryRun=All`, {}, true],
    ["DELETE", `${pod}?dryRun=All`, { hasBody: true }, false],
    ["DELETE", "/api/v1/namespaces/a/pods?dryRun=All", { hasBody: true }, false],
    ["PATCH", `${pod}?dryRun=`, {}, false],
    ["PATCH", `${pod}?dryRun=true`, {}, false],
    ["PATCH", pod, {}, false],
    ["POST", `${pod}/exec?dryRun=All`, {}, false],
    ["GET", `${pod}/exec?dryRun=All`, { upgrade: true }, false],
    ["GET", `${pod}?dryRun=All`, { upgrade: true }, false],
    ["POST", "/api/v1/namespaces/a/services/s/proxy/pay?dryRun=All", {}, false],
    ["POST", "/api/v1/namespaces/a/serviceaccounts/default/token?dryRun=All", {}, false],
    ["POST", "/api/v1/namespaces/a/serviceaccounts/default%2Ftoken?dryRun=All", {}, false],
    ["POST", "/api/v1/namespaces/a/services/s%2fproxy%2fpay?dryRun=All", {}, false],
    ["POST", "/anything?dryRun=All", {}, false],
  ])("believes a Kubernetes API's %s %s with %j only when nothing can have changed", (method, path, more, dryRun) => {
    expect(auditedRequest(facts(method, inside + path, { ...clusters, ...more }))?.dryRun).toBe(dryRun);
    if (!("upgrade" in more)) {
      expect(auditedRequest(facts(method, `/kubernetes${path}`, { ...kubernetes, ...more }))?.dryRun).toBe(dryRun);
    }
  });
});
