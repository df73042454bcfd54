import { apiVersion, type HostCluster, hostClusters, names, nestedClusters, newToken } from "@inkube/api";
import { hostClusterSpec } from "@inkube/api/schemas";
import { apiVersionOf, type Client, createClient, type KubeObject, resources } from "@inkube/kube";
import { collectingLogger, type RealApiServer, startRealApiServer } from "@inkube/kube/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { removeLeftovers } from "../hub/leftovers.ts";
import { uninstall } from "../hub/uninstall.ts";
import { installManifests } from "../install/install-manifests.ts";
import { keepMetricsServer } from "./keep-metrics-server.ts";
import { metricsApiName } from "./objects.ts";

const home = names.systemNamespace;
const never = new AbortController().signal;
const logger = collectingLogger();
const deployment = { namespace: home, name: names.metricsServer };

let server: RealApiServer;
let admin: Client;
/** As the agent's ServiceAccount. */
let agent: Client;
beforeAll(async () => {
  server = await startRealApiServer();
  admin = createClient(server.config);
});
afterAll(async () => {
  await Promise.all([agent?.close(), admin?.close()]);
  await server?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await install("full");
  const request = { metadata: { name: "" }, spec: { expirationSeconds: 3600 } };
  const ref = { namespace: home, name: names.agent };
  const { status } = await admin.createSubresource(resources.serviceaccounts, ref, "token", request);
  await agent?.close();
  agent = createClient({ ...server.config, token: (status as { token: string }).token });
  await admin.delete(resources.apiservices, { name: metricsApiName });
  await expect.poll(() => admin.get(resources.apiservices, { name: metricsApiName })).toBeUndefined();
  // As the agent brings it from its hub.
  const local = { apiVersion, kind: "HostCluster", metadata: { name: names.localHost }, spec: {} };
  await expect
    .poll(() => admin.apply(hostClusters, local, { fieldManager: "mirror", force: true }).then(() => true, String))
    .toBe(true);
});

async function install(access: "full" | "read-only"): Promise<void> {
  const hub = { url: "https://hub.example.com", token: newToken("import").token };
  const options = { image: "inkube:test", defaultDistro: "k8s", defaultVersion: "v1.34.4", access, hub } as const;
  const types = [...Object.values(resources), hostClusters, nestedClusters];
  for (const object of await installManifests(options)) {
    const type = types.find((one) => one.kind === object.kind && apiVersionOf(one) === object.apiVersion);
    if (!type) throw new Error(`${object.kind} is not a known kind`);
    await admin.apply(type, object, { fieldManager: "kubectl", force: false });
  }
}

const keep = async (metricsServer?: object): Promise<boolean> => {
  const host = (await admin.get(hostClusters, { name: names.localHost })) as unknown as HostCluster;
  const spec = hostClusterSpec.parse(metricsServer ? { metricsServer } : {});
  return keepMetricsServer({ client: agent, logger }, { ...host, spec }, never);
};
/** What the cluster's controllers say of it, which do not run here. */
const say = (availableReplicas: number) =>
  admin.patch(
    resources.deployments,
    deployment,
    { status: { replicas: 1, readyReplicas: availableReplicas, availableReplicas } },
    { type: "merge", subresource: "status" },
  );
/** Brings it, and has its pod become ready. The API server hears of changed roles a moment later. */
const kept = async () => {
  await expect.poll(() => keep().catch(String)).toBeTypeOf("boolean");
  if (await program()) await say(1);
  expect(await keep()).toBe(true);
};
const api = () => admin.get(resources.apiservices, { name: metricsApiName });
const program = () => admin.get(resources.deployments, deployment);

const foreign = (): KubeObject => ({
  apiVersion: "apiregistration.k8s.io/v1",
  kind: "APIService",
  metadata: { name: metricsApiName },
  spec: {
    group: "metrics.k8s.io",
    version: "v1beta1",
    service: { name: "metrics-server", namespace: "kube-system" },
    insecureSkipTLSVerify: true,
    groupPriorityMinimum: 100,
    versionPriority: 100,
  },
});

describe("IMP-05 the metrics server of a host that was imported with full access", () => {
  it("is brought where none is, by rights on just that, and mended when it was changed", async () => {
    await kept();
    expect((await api())?.spec).toMatchObject({ service: { name: names.metricsServer, namespace: home } });
    const before = await program();
    expect(JSON.stringify(before?.spec)).toContain("registry.k8s.io/metrics-server/metrics-server:v");
    expect(JSON.stringify(before?.spec)).not.toContain("insecure-tls");
    await keep();
    expect((await program())?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
    await admin.patch(resources.deployments, deployment, { spec: { replicas: 0 } }, { type: "merge" });
    await keep();
    expect((await program())?.spec).toMatchObject({ replicas: 1 });
    await keep({ kubeletInsecureTLS: true });
    expect(JSON.stringify((await program())?.spec)).toContain("--kubelet-insecure-tls");
  });

  it("belongs to the host's own object, which every version of Inkube takes along", async () => {
    await kept();
    const { uid } = (await admin.get(hostClusters, { name: names.localHost }))?.metadata ?? {};
    expect((await api())?.metadata.ownerReferences).toMatchObject([{ kind: "HostCluster", name: "local", uid }]);
  });

  it("is told to the host only while it answers: else no namespace there could be deleted", async () => {
    await kept();
    await say(0);
    expect(await keep()).toBe(false);
    expect(await api()).toBeUndefined();
    await say(1);
    expect(await keep()).toBe(true);
    expect(await api()).toBeDefined();
  });

  it("is all that these rights are good for", async () => {
    await kept();
    const refused: (() => Promise<unknown>)[] = [
      () => agent.apply(resources.apiservices, other("v1.apps"), { fieldManager: "x", force: true }),
      () => agent.apply(resources.apiservices, other("v1.evil.example.com"), { fieldManager: "x" }),
      () => agent.create(resources.apiservices, other("v1.evil.example.com")),
      () => agent.delete(resources.apiservices, { name: "v1.apps" }),
      () => agent.apply(resources.deployments, { metadata: { ...deployment, name: "other" } }, { fieldManager: "x" }),
      () => agent.patch(resources.deployments, { ...deployment, name: names.agent }, {}, { type: "merge" }),
      () => agent.delete(resources.deployments, { namespace: home, name: names.syncer }),
    ];
    for (const attempt of refused) {
      const error = await attempt().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error, attempt.toString()).toMatchObject({ code: "forbidden" });
    }
  });

  it("is not brought where there is one, which is left as it is", async () => {
    await admin.delete(resources.deployments, deployment);
    const theirs = await admin.create(resources.apiservices, foreign());
    await kept();
    expect((await api())?.metadata).toMatchObject({ uid: theirs.metadata.uid });
    expect((await api())?.spec).toEqual(theirs.spec);
    expect(await program()).toBeUndefined();
  });

  it("goes when somebody brings his own, or the host wants none", async () => {
    await kept();
    const spec = { service: { name: "metrics-server", namespace: "kube-system" } };
    await admin.patch(resources.apiservices, { name: metricsApiName }, { spec }, { type: "merge" });
    await keep();
    expect(await program()).toBeUndefined();
    expect((await api())?.spec).toMatchObject(spec);
    await admin.delete(resources.apiservices, { name: metricsApiName });
    await kept();
    expect([await program(), await api()]).not.toContain(undefined);
    await keep({ install: "Never" });
    expect([await program(), await api()]).toEqual([undefined, undefined]);
  });

  it("goes with full access, and its rights with it", async () => {
    await kept();
    await install("read-only");
    await expect
      .poll(async () => {
        const isDone = await removeLeftovers(agent, logger);
        return [isDone, await program(), await api(), ...(await bindings())];
      })
      .toEqual([true, undefined, undefined]);
    for (const name of [names.metricsServer, names.metricsApiRole]) {
      expect(await admin.get(resources.clusterroles, { name })).toBeUndefined();
    }
    await expect
      .poll(() => agent.get(resources.apiservices, { name: metricsApiName }).catch((error) => error.code))
      .toBe("forbidden");
  });

  it("goes with Inkube", async () => {
    await kept();
    await uninstall(agent, async () => undefined, never);
    expect([await api(), ...(await bindings())]).toEqual([undefined]);
    expect(await admin.get(resources.clusterroles, { name: names.metricsServer })).toBeUndefined();
  });
});

async function bindings(): Promise<string[]> {
  const lists = [await admin.list(resources.clusterrolebindings), await admin.list(resources.rolebindings)];
  const found = lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.name));
  return found.filter((name) => name === names.metricsServerAuth);
}

function other(name: string): KubeObject {
  const [version = "", ...group] = name.split(".");
  return { ...foreign(), metadata: { name }, spec: { ...(foreign().spec as object), version, group: group.join(".") } };
}
