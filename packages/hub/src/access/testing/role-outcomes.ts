import { apiVersion, clusterGroups, hostClusters } from "@inkube/api";
import { expect } from "vitest";
import { eventually } from "../../testing/eventually.ts";
import type { TestHub } from "../../testing/test-hub.ts";
import { clusterBody, passthrough } from "../../testing/two-projects.ts";

/** The body of a cluster group with the one host `edge`. */
export const groupBody = (name: string) => ({
  apiVersion,
  kind: "ClusterGroup",
  metadata: { name },
  spec: { hosts: [{ name: "edge" }], distro: "k8s" },
});
const hostBody = (name: string) => ({
  apiVersion,
  kind: "HostCluster",
  metadata: { name },
  spec: { nesting: true, endpoint: { type: "Hub" } },
});
const resize = { spec: { size: { cpu: "2", memory: "2Gi", storage: "1Gi" } } };
const relabel = { metadata: { labels: { tier: "gold" } } };

/** Both ways to the same objects; the second is what kubectl uses. */
export const ways = [
  {
    way: "the HTTP API",
    clusters: (project: string, name = "") => `/api/v1/projects/${project}/clusters${name && `/${name}`}`,
    groups: (name = "") => `/api/v1/groups${name && `/${name}`}`,
    hosts: (name = "") => `/api/v1/hosts${name && `/${name}`}`,
    patch: {},
    deleted: 202,
  },
  {
    way: "the Kubernetes API",
    clusters: passthrough,
    groups: (name = "") => `/kubernetes/apis/${apiVersion}/${clusterGroups.plural}${name && `/${name}`}`,
    hosts: (name = "") => `/kubernetes/apis/${apiVersion}/${hostClusters.plural}${name && `/${name}`}`,
    patch: { "content-type": "application/merge-patch+json" },
    deleted: 200,
  },
] as const;
export type Way = (typeof ways)[number];

/** What each call of this caller answers; needs projects `red` and `blue`, host `edge` and group `shared`. */
export async function outcomes(
  { test, admin }: { test: TestHub; admin: string },
  key: string,
  way: Way,
): Promise<Record<string, number>> {
  const { clusters, groups, hosts, patch, deleted } = way;
  const code = async (...call: Parameters<TestHub["call"]> extends [unknown, ...infer R] ? R : never) =>
    (await test.call(key, ...call)).statusCode;
  await test.call(admin, "POST", clusters("red"), clusterBody("spare"));
  await test.call(admin, "POST", groups(), groupBody("spare"));
  await test.call(admin, "POST", hosts(), hostBody("spare"));
  const result = {
    "get cluster": await code("GET", clusters("red", "red-one")),
    "change cluster": await code("PATCH", clusters("red", "red-one"), resize, patch),
    "create cluster": await code("POST", clusters("red"), clusterBody("fresh")),
    "delete cluster": await code("DELETE", clusters("red", "spare")),
    "get cluster elsewhere": await code("GET", clusters("blue", "blue-one")),
    "change cluster elsewhere": await code("PATCH", clusters("blue", "blue-one"), resize, patch),
    "create cluster elsewhere": await code("POST", clusters("blue"), clusterBody("fresh")),
    "delete cluster elsewhere": await code("DELETE", clusters("blue", "blue-one")),
    "get group": await code("GET", groups("shared")),
    "change group": await code("PATCH", groups("shared"), relabel, patch),
    "create group": await code("POST", groups(), groupBody("fresh")),
    "delete group": await code("DELETE", groups("spare")),
    "get host": await code("GET", hosts("edge")),
    "change host": await code("PATCH", hosts("edge"), relabel, patch),
    "create host": await code("POST", hosts(), hostBody("fresh")),
    "delete host": await code("DELETE", hosts("spare")),
    // Of this there is but one way.
    "import host": await code("POST", "/api/v1/hosts/edge/import", {}),
  };
  const left = ["fresh", "spare"].flatMap((name) => [clusters("red", name), groups(name), hosts(name)]);
  for (const path of left) await test.call(admin, "DELETE", path);
  await eventually(async () => {
    for (const path of left) expect((await test.call(admin, "GET", path)).statusCode, path).toBe(404);
  });
  return Object.fromEntries(Object.entries(result).map(([call, status]) => [call, status === deleted ? 200 : status]));
}

/** Of somebody without any right. */
export const nothing = {
  "get cluster": 403,
  "change cluster": 403,
  "create cluster": 403,
  "delete cluster": 403,
  "get cluster elsewhere": 403,
  "change cluster elsewhere": 403,
  "create cluster elsewhere": 403,
  "delete cluster elsewhere": 403,
  "get group": 403,
  "change group": 403,
  "create group": 403,
  "delete group": 403,
  "get host": 403,
  "change host": 403,
  "create host": 403,
  "delete host": 403,
  "import host": 403,
};
