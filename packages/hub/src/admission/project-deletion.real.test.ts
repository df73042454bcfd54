import { group as apiGroup, nestedClusters } from "@inkube/api";
import { isKubeError, type KubeObject, resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { administrators } from "../auth/principal.ts";
import { projectsResource } from "../install/roles.ts";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { accepted, type Caller, callerOf, cluster, makeHost, tryCreate, whenPlaced } from "./testing/scene.ts";

let test: TestHub;
let root: Caller;
beforeAll(async () => {
  test = await startTestHub();
  root = await callerOf(test, "root", [administrators]);
  await makeHost(test, "edge");
});
afterAll(async () => {
  await root?.client.close();
  await test?.[Symbol.asyncDispose]();
});

/** A project with nested clusters on a host, which hold on until that host has nothing left of them. */
async function makeProject(name: string, clusters: readonly string[]): Promise<void> {
  if (name !== "default") {
    expect((await test.call(root.key, "POST", "/api/v1/projects", { name })).statusCode).toBe(201);
  }
  for (const one of clusters) {
    expect(await tryCreate(test, root, nestedClusters, cluster(one, { host: "edge" }, name))).toEqual(accepted);
    await whenPlaced(test, one, name);
  }
}

const deleteProject = (who: Caller, name: string, query = "") =>
  test.call(who.key, "DELETE", `/api/v1/projects/${name}${query}`);
const isGoing = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;

/** Which of a project's nested clusters are being deleted, and whether the project is. */
async function going(project: string): Promise<{ project: boolean; clusters: string[] }> {
  const namespace = await test.admin.get(resources.namespaces, { name: project });
  const { items } = await test.admin.list(nestedClusters, { namespace: project });
  return {
    project: namespace !== undefined && isGoing(namespace),
    clusters: items.filter(isGoing).map(({ metadata }) => metadata.name),
  };
}

describe("PRJ-01 a project that is deleted by force", () => {
  it("takes its nested clusters along, and waits for them; a check changes nothing", async () => {
    await makeProject("team", ["web", "db"]);
    expect((await deleteProject(root, "team")).statusCode).toBe(409);
    const checked = await deleteProject(root, "team", "?force=true&dryRun=true");
    expect(checked.statusCode, checked.body).toBe(202);
    expect(await going("team")).toEqual({ project: false, clusters: [] });

    const answer = await deleteProject(root, "team", "?force=true");
    expect(answer.statusCode, answer.body).toBe(202);
    expect(await going("team")).toEqual({ project: true, clusters: ["db", "web"] });
    const { items } = (await test.call(root.key, "GET", "/api/v1/audit?kind=Project&action=delete")).json();
    expect(items[0]).toMatchObject({ actor: "root", project: "team", path: "/api/v1/projects/team?force=true" });
  });

  it("stays whole when the caller may not delete one of them", async () => {
    await makeProject("guests", ["mine", "theirs"]);
    const rules = [{ apiGroups: [apiGroup], resources: [projectsResource], verbs: ["delete"] }];
    const own = {
      apiGroups: [apiGroup],
      resources: [nestedClusters.plural],
      resourceNames: ["mine"],
      verbs: ["delete"],
    };
    await test.admin.create(resources.clusterroles, { metadata: { name: "tidy" }, rules: [...rules, own] });
    await test.bind("tidy", "ann");
    const ann = await callerOf(test, "ann");
    for (const query of ["?force=true&dryRun=true", "?force=true"]) {
      await eventually(async () => {
        const answer = await deleteProject(ann, "guests", query);
        expect(answer.statusCode).toBe(403);
        expect(answer.json().error.message).toContain('"theirs" is forbidden');
      });
    }
    expect(await going("guests")).toEqual({ project: false, clusters: [] });
    await ann.client.close();
  });

  it("loses nothing when it is a namespace that Kubernetes keeps", async () => {
    await makeProject("default", ["first"]);
    for (const query of ["?force=true&dryRun=true", "?force=true"]) {
      expect((await deleteProject(root, "default", query)).statusCode).toBe(403);
    }
    expect(await going("default")).toEqual({ project: false, clusters: [] });
  });

  it("goes by the same rule with kubectl: nested clusters that are being deleted hold nothing up", async () => {
    await makeProject("other", ["going", "staying"]);
    const remove = () => test.admin.delete(resources.namespaces, { name: "other" });
    await test.admin.delete(nestedClusters, { name: "going", namespace: "other" });
    const refused = await remove().catch((error: unknown) => error);
    if (!isKubeError(refused, "conflict")) throw refused;
    expect(refused.explanation).toContain("Project other still has nested clusters: staying.");
    await test.admin.delete(nestedClusters, { name: "staying", namespace: "other" });
    expect(await remove()).toBe(true);
    expect(await going("other")).toEqual({ project: true, clusters: ["going", "staying"] });
  });
});
