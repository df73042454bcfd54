import { apiVersion, type NestedCluster, nestedClusters } from "@inkube/api";
import { expect } from "vitest";
import { eventually } from "./eventually.ts";
import type { TestHub } from "./test-hub.ts";

/** The body of a nested cluster. */
export const clusterBody = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion,
  kind: "NestedCluster",
  metadata: { name, labels },
  spec: { size: { cpu: "1", memory: "1Gi", storage: "1Gi" } },
});

/** Makes projects, each with a nested cluster `NAME-one`, and waits until lists show them. */
export async function makeProjects(test: TestHub, admin: string, ...names: string[]): Promise<void> {
  for (const name of names) {
    expect((await test.call(admin, "POST", "/api/v1/projects", { name })).statusCode).toBe(201);
    const path = `/api/v1/projects/${name}/clusters`;
    const made = await test.call(admin, "POST", path, clusterBody(`${name}-one`));
    expect(made.statusCode, made.body).toBe(201);
  }
  await eventually(async () => {
    const listed = (await test.call(admin, "GET", "/api/v1/clusters")).json().items as NestedCluster[];
    for (const name of names) expect(listed.map(({ metadata }) => metadata.name)).toContain(`${name}-one`);
  });
}

/** Makes a host that nothing has joined as yet. */
export async function makeHost(test: TestHub, admin: string, name: string): Promise<void> {
  const made = await test.call(admin, "POST", "/api/v1/hosts", {
    metadata: { name },
    spec: { nesting: true, endpoint: { type: "Hub" } },
  });
  expect(made.statusCode, made.body).toBe(201);
}

/** Where kubectl finds nested clusters, through the hub. */
export function passthrough(project: string, name = ""): string {
  const { group, version, plural } = nestedClusters;
  return `/kubernetes/apis/${group}/${version}/namespaces/${project}/${plural}${name && `/${name}`}`;
}
