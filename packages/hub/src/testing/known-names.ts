import { names } from "@inkube/api";
import { resources } from "@inkube/kube";
import { expect } from "vitest";
import type { KnownNames } from "./hostile-requests.ts";
import type { TestHub } from "./test-hub.ts";
import { clusterBody, makeHost, passthrough } from "./two-projects.ts";

/** In paths of what later requests need. */
export const keptNames = /-one|red|blue|edge/;

/**
 * What of a hub with the projects `red` and `blue` and the host `edge` leads to something: whatever is named here and is in
 * {@link keptNames} must stay. Makes a group, access filters and more hosts; a key of the member's own as well.
 */
export async function makeKnownNames(test: TestHub, admin: string, member: string): Promise<KnownNames> {
  await makeOthers(test, admin);
  const secret = await test.admin.get(resources.secrets, { namespace: names.systemNamespace, name: "hub-admission" });
  const { token = "" } = (secret?.data ?? {}) as { token?: string };
  const own = (await test.call(member, "POST", "/api/v1/keys", { name: "own" })).json() as { id: string };
  const metadata = { name: "red-new", labels: { team: "a" }, annotations: { note: "x" } };
  const admission = (resource: string, object: object) => ({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "u",
      operation: "CREATE",
      name: "x",
      namespace: "red",
      resource: { group: "inkube.dev", version: "v1alpha1", resource },
      userInfo: { username: "rosa", groups: ["a"] },
      object,
    },
  });
  return {
    params: {
      project: ["red", "blue", "grey"],
      name: ["red-one", "blue-one", "nothing"],
      "hosts/:name": ["edge", "spare", "nothing"],
      "groups/:name": ["edges", "spare", "nothing"],
      "filters/:name": ["red-filter", "spare", "nothing"],
      id: [own.id, "aaaaaaaaaaaaaaaa"],
      token: [Buffer.from(token, "base64").toString(), "x"],
    },
    rests: {
      "/kubernetes/*": [
        passthrough("red"),
        passthrough("red", "red-one"),
        `${passthrough("blue", "blue-one")}/status`,
        "/kubernetes/apis/inkube.dev/v1alpha1/hostclusters",
        "/kubernetes/apis/inkube.dev/v1alpha1/clustergroups/x",
        "/kubernetes/api/v1/namespaces/red/events",
        "/kubernetes/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        "/kubernetes/openapi/v3",
        "/kubernetes/version",
      ].map((path) => path.slice("/kubernetes/".length)),
      "/clusters/*": ["red/red-one/api", "blue/blue-one/api/v1/secrets", "red/red-one/inkube/kubeconfig"],
    },
    bodies: [
      { ...clusterBody("red-new"), metadata, status: { host: "edge" } },
      { metadata, spec: { nesting: true, access: "full", endpoint: { type: "Ingress", domain: "a.example.com" } } },
      { metadata, spec: { hosts: [{ name: "edge" }], limits: { cpu: "6", memory: "8Gi", storage: "10Gi" } } },
      { name: "green", description: "x", labels: { a: "b" }, days: 3, code: "x", verifier: "v".repeat(43) },
      { name: "f", selector: "a=b", role: "view", subjects: [{ kind: "User", name: "rosa" }], projects: ["red"] },
      { subject: { kind: "Group", name: "staff" }, role: "inkube:project-admin" },
      { enabled: true, clusters: 3, cpu: "2", memory: "4Gi", storage: "10Gi", separateGroups: ["a"] },
      { id: "a".repeat(16), hash: "0".repeat(64), agentVersion: "1", version: "v1.34.4" },
      { httpsProxy: "http://proxy:3128", noProxy: "a,b" },
      {
        host: { version: "v1", nodes: 1, capacity: { cpu: "1" }, conditions: [] },
        clusters: [{ project: "red", name: "red-one", uid: "u", status: { phase: "Ready" }, gone: true }],
        removed: false,
      },
      admission("nestedclusters", { ...clusterBody("red-new"), metadata }),
      admission("clustergroups", { metadata, spec: {} }),
    ],
  };
}

/** Of each kind one that stays, and one that somebody may delete. */
async function makeOthers(test: TestHub, admin: string): Promise<void> {
  await makeHost(test, admin, "spare");
  const subjects = [{ kind: "User", name: "rosa" }];
  const made: [path: string, body: object][] = [
    ["groups", { metadata: { name: "edges" }, spec: { hosts: [{ name: "edge" }] } }],
    ["groups", { metadata: { name: "spare" }, spec: { hosts: [] } }],
    [
      "filters",
      { name: "red-filter", selector: "a=b", role: "inkube:nested-cluster-viewer", subjects, projects: ["red"] },
    ],
    ["filters", { name: "spare", selector: "a=b", role: "inkube:nested-cluster-viewer", subjects }],
  ];
  for (const [path, body] of made) {
    const answer = await test.call(admin, "POST", `/api/v1/${path}`, body);
    expect(answer.statusCode, answer.body).toBe(201);
  }
}
