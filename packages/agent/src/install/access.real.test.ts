import { clusterGroups, hostClusters, names, nestedClusters, newToken } from "@inkube/api";
import {
  apiVersionOf,
  type Client,
  createClient,
  execStream,
  isKubeError,
  type KubeObject,
  type ResourceType,
  resources,
  systemClock,
} from "@inkube/kube";
import { collectingLogger, type RealApiServer, startRealApiServer } from "@inkube/kube/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removeLeftovers } from "../hub/leftovers.ts";
import { mayAccount, rightsOf } from "../testing/rights.ts";
import { installManifests } from "./install-manifests.ts";

const home = names.systemNamespace;
const agentAccount = `${home}:${names.agent}`;
const syncerAccount = `${home}:${names.syncer}`;
const types: readonly ResourceType[] = [...Object.values(resources), hostClusters, nestedClusters, clusterGroups];

let server: RealApiServer;
let admin: Client;
/** As the agent's ServiceAccount. */
let agent: Client;
let token: string;
beforeAll(async () => {
  server = await startRealApiServer();
  admin = createClient(server.config);
  await install("read-only");
  const request = { metadata: { name: "" }, spec: { expirationSeconds: 3600 } };
  const ref = { namespace: home, name: names.agent };
  const { status } = await admin.createSubresource(resources.serviceaccounts, ref, "token", request);
  token = (status as { token: string }).token;
  agent = createClient({ ...server.config, token });
});
afterAll(async () => {
  await Promise.all([agent?.close(), admin?.close()]);
  await server?.[Symbol.asyncDispose]();
});

/** As the printed command does it: without taking a field over from anybody. */
async function install(access: "full" | "read-only"): Promise<void> {
  const hub = { url: "https://hub.example.com", token: newToken("import").token };
  const objects = await installManifests({
    image: "inkube:test",
    defaultDistro: "k8s",
    defaultVersion: "v1.34.4",
    access,
    hub,
  });
  for (const object of objects) await apply(object);
}

async function apply(object: KubeObject): Promise<void> {
  const type = types.find((one) => one.kind === object.kind && apiVersionOf(one) === object.apiVersion);
  if (!type) throw new Error(`${object.kind} is not a known kind`);
  await admin.apply(type, object, { fieldManager: "kubectl", force: false });
}

/** The API server hears of changed roles a moment later. */
async function settled<T>(check: () => Promise<T>): Promise<T> {
  const end = systemClock.now() + 60_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (systemClock.now() > end) throw error;
      await systemClock.sleep(200);
    }
  }
}

const looked = [
  ...["events.", "namespaces.", "nodes.", "persistentvolumeclaims.", "pods.", "services."],
  ...["daemonsets.apps", "deployments.apps", "replicasets.apps", "statefulsets.apps", "cronjobs.batch", "jobs.batch"],
].flatMap((resource) => ["get", "list", "watch"].map((verb) => `${verb} ${resource}`));
const onlyLook = [...looked, "get servicecidrs.networking.k8s.io"].sort();

describe("a host that was imported read-only", () => {
  it("IMP-04 lets its agent look, and do nothing at all with anything that the API server serves", async () => {
    await settled(async () => expect(await rightsOf(admin, agentAccount)).toEqual(onlyLook));
    expect(await rightsOf(admin, agentAccount, "kube-system")).toEqual(onlyLook);
  });

  it("IMP-04 lets its agent remove what the import installed, by name, and nothing else of the kind", async () => {
    const may = (verb: string, group: string, resource: string, name: string) =>
      mayAccount(admin, agentAccount, { verb, group, resource, name });
    expect(await may("delete", "", "namespaces", home)).toBe(true);
    expect(await may("delete", "", "namespaces", "default")).toBe(false);
    const rbac = "rbac.authorization.k8s.io";
    expect(await may("delete", rbac, "clusterroles", names.syncer)).toBe(true);
    expect(await may("delete", rbac, "clusterroles", "cluster-admin")).toBe(false);
    expect(await may("patch", rbac, "clusterroles", names.agent)).toBe(true);
    const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["list"] }];
    const more = agent.patch(resources.clusterroles, { name: names.agent }, { rules }, { type: "merge" });
    await expect(more).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("not currently held"),
    });
  });

  it("IMP-04 refuses its agent's own requests to write, to run something, and to read Secrets elsewhere", async () => {
    const ref = { namespace: "default", name: "victim" };
    await admin.create(resources.secrets, { metadata: ref, stringData: { a: "b" } });
    await admin
      .create(resources.serviceaccounts, { metadata: { namespace: "default", name: "default" } })
      .catch(() => {});
    const containers = [{ name: "main", image: "example.com/none" }];
    await admin.create(resources.pods, { metadata: ref, spec: { containers } });
    expect((await agent.list(resources.pods, { namespace: "default" })).items).toHaveLength(1);
    const other = createClient({ ...server.config, token, impersonate: { user: "admin" } });
    const refused: (() => Promise<unknown>)[] = [
      () => agent.create(resources.configmaps, { metadata: { namespace: "default", name: "a" } }),
      () => agent.patch(resources.pods, ref, { metadata: { labels: { a: "b" } } }, { type: "merge" }),
      () => agent.delete(resources.pods, ref),
      () => agent.get(resources.secrets, ref),
      () => agent.list(resources.secrets, { namespace: home }),
      () => agent.create(resources.namespaces, { metadata: { name: "mine" } }),
      () => execStream(agent, { ...ref, container: "main", command: ["id"] }),
      () => other.list(resources.pods),
    ];
    for (const attempt of refused) {
      const error = await attempt().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(isKubeError(error, "forbidden", "unauthorized"), String(error)).toBe(true);
    }
    await other.close();
    const credential = { namespace: home, name: names.hubCredentialSecret };
    await agent.create(resources.secrets, { metadata: credential, stringData: { id: "x" } });
    expect(await agent.get(resources.secrets, credential)).toBeDefined();
  });

  it("IMP-06 IMP-04 has the full rights once the full manifests are applied, and loses every one by the others", async () => {
    await install("full");
    const needed = [
      "create clusterrolebindings.rbac.authorization.k8s.io",
      "create namespaces.",
      "create nestedclusters.inkube.dev",
      "create secrets.",
      "patch statefulsets.apps",
    ];
    await settled(async () => {
      expect(await rightsOf(admin, agentAccount)).toEqual(expect.arrayContaining(needed));
      expect(await mayAccount(admin, syncerAccount, { verb: "list", resource: "nodes" })).toBe(true);
    });
    // As the agent binds it for a nested cluster.
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: names.syncerNamespaceRole };
    const subjects = [{ kind: "ServiceAccount", name: names.syncer, namespace: home }];
    await admin.create(resources.rolebindings, {
      metadata: { namespace: "default", name: "syncer" },
      roleRef,
      subjects,
    });
    const inside = { verb: "create", resource: "pods", namespace: "default" };
    await settled(async () => expect(await mayAccount(admin, syncerAccount, inside)).toBe(true));

    await install("read-only");
    await settled(async () => {
      expect((await rightsOf(admin, agentAccount)).filter((right) => !right.endsWith(".inkube.dev"))).toEqual(onlyLook);
      expect(await rightsOf(admin, syncerAccount)).toEqual([]);
      expect(await rightsOf(admin, syncerAccount, "default")).toEqual([]);
      expect(await rightsOf(admin, syncerAccount, home)).toEqual([]);
    });
    expect(await rightsOf(admin, agentAccount)).toEqual(onlyLook);
    expect(await admin.get(resources.deployments, { namespace: home, name: names.syncer })).toBeDefined();
    const log = collectingLogger();
    await removeLeftovers(agent, log);
    expect(await admin.get(resources.deployments, { namespace: home, name: names.syncer })).toBeUndefined();
    expect(await admin.get(resources.serviceaccounts, { namespace: home, name: names.syncer })).toBeUndefined();
    expect(await admin.get(resources.deployments, { namespace: home, name: names.agent })).toBeDefined();
    await install("full");
    await settled(async () => expect(await rightsOf(admin, agentAccount)).toEqual(expect.arrayContaining(needed)));
  });
});
