import { describe, expect, it } from "vitest";
import { parseClusterPath, passedOn } from "../tunnels/cluster-proxy.ts";
import { isServed } from "./kubernetes-routes.ts";

describe("what the hub passes on to its Kubernetes API", () => {
  const served: [string, string][] = [
    ["GET", "/apis/inkube.dev/v1alpha1/namespaces/team/nestedclusters/a"],
    ["PATCH", "/apis/inkube.dev/v1alpha1/clustergroups/g"],
    ["GET", "/api/v1/namespaces/team/events"],
    ["GET", "/openapi/v3/apis/inkube.dev/v1alpha1"],
    ["POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"],
  ];
  it.each(served)("%s %s is served", (method, path) => {
    expect(isServed(method, path)).toBe(true);
  });

  const refused: [string, string][] = [
    ["GET", "/api/v1/namespaces/inkube-system/secrets"],
    ["GET", "/api/v1/secrets"],
    ["GET", "/api/v1/namespaces/team/pods"],
    ["DELETE", "/api/v1/namespaces/kube-system"],
    ["POST", "/api/v1/namespaces"],
    ["POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"],
    ["GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles"],
    ["GET", "/apis/inkube.dev.evil/v1alpha1/x"],
    ["POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews"],
    ["GET", "/logs/"],
  ];
  it.each(refused)("%s %s is refused", (method, path) => {
    expect(isServed(method, path)).toBe(false);
  });
});

describe("parseClusterPath", () => {
  it("takes the path of a nested API server apart", () => {
    expect(parseClusterPath("/clusters/team/web/api/v1/pods?watch=1")).toEqual({
      project: "team",
      name: "web",
      path: "/api/v1/pods?watch=1",
    });
    expect(parseClusterPath("/clusters/team/web")).toMatchObject({ path: "/" });
  });

  it.each(["/clusters/team", "/clusters/Team/web/api", "/clusters/../web/api", "/clusters/a%2fb/c/api", "/other/a/b"])(
    "knows nothing of %s",
    (path) => {
      expect(parseClusterPath(path)).toBeUndefined();
    },
  );
});

it("passes no header on that would speak for somebody else", () => {
  const hostile = {
    authorization: "Bearer x",
    cookie: "a=b",
    "impersonate-user": "root",
    "impersonate-extra-x": "y",
    "inkube-cluster": "other",
    "x-forwarded-for": "1.2.3.4",
    "x-remote-user": "root",
  };
  expect(passedOn({ ...hostile, accept: "application/json" })).toEqual({ accept: "application/json" });
});
