import { containers, finalizer, hostNamespace, names, nestedClusters } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { putPod, startTestHost, type TestHost } from "../../testing/test-host.ts";

const namespace = hostNamespace("team", "demo");
const pod = { namespace, name: names.controlPlanePod };

/** A cluster with a syncer of its own, whose pod runs. */
async function dedicatedHost(): Promise<TestHost> {
  const host = await startTestHost();
  await host.createCluster("demo", { syncer: "dedicated" });
  await host.reconcile("demo");
  await startPod(host, "dedicated");
  await host.reconcile("demo");
  return host;
}

/** What the StatefulSet's controller does: takes the old pod away, and makes one from the template. */
async function startPod(host: TestHost, syncer: "shared" | "dedicated"): Promise<void> {
  await host.client.delete(resources.pods, pod, { gracePeriodSeconds: 0 });
  const all = [containers.apiServer, ...(syncer === "dedicated" ? [containers.syncer] : [])];
  await putPod(host, namespace, {}, all);
}

async function want(host: TestHost, syncer: "shared" | "dedicated"): Promise<void> {
  await host.client.patch(
    nestedClusters,
    { namespace: "team", name: "demo" },
    { spec: { syncer } },
    { type: "merge", fieldManager: "somebody" },
  );
  await host.reconcile("demo");
}

function holder(host: TestHost): string {
  const ref = { namespace, name: names.syncerRoleBinding };
  const { subjects = [] } = (host.server.object(resources.rolebindings, ref) ?? {}) as {
    subjects?: { namespace: string; name: string }[];
  };
  return subjects.map((subject) => `${subject.namespace}/${subject.name}`).join();
}
const dedicated = `${namespace}/syncer`;
const shared = `${names.systemNamespace}/${names.syncer}`;

/** What is held outside the host namespace. */
const outside = (host: TestHost): string[] =>
  [
    ...host.server.objects(resources.clusterrolebindings),
    ...host.server.objects(resources.roles, "team"),
    ...host.server.objects(resources.rolebindings, "team"),
  ].map(({ kind, metadata }) => `${kind}/${metadata.name}`);
const everything = [
  `ClusterRoleBinding/${namespace}-syncer`,
  "Role/inkube-syncer-demo",
  "RoleBinding/inkube-syncer-demo",
];

/** What is there in the host namespace for a dedicated syncer only. */
const inside = (host: TestHost): string[] =>
  [
    host.server.object(resources.serviceaccounts, { namespace, name: "syncer" }),
    host.server.object(resources.secrets, { namespace, name: names.syncerTlsSecret }),
  ].flatMap((object) => (object ? [`${object.kind}/${object.metadata.name}`] : []));
const identity = ["ServiceAccount/syncer", "Secret/syncer-tls"];

function templateContainers(host: TestHost): string[] {
  const set = host.server.object(resources.statefulsets, { namespace, name: names.controlPlane });
  const { template } = (set?.spec ?? {}) as { template?: { spec: { containers: { name: string }[] } } };
  return (template?.spec.containers ?? []).map(({ name }) => name);
}

/** Where the syncer is told to find the nested API. */
function nestedServer(host: TestHost): string | undefined {
  const secret = host.server.object(resources.secrets, { namespace, name: names.syncerKubeconfigSecret });
  const { kubeconfig = "" } = (secret?.data ?? {}) as { kubeconfig?: string };
  return /server: "([^"]+)"/.exec(Buffer.from(kubeconfig, "base64").toString())?.[1];
}

describe("a nested cluster with a dedicated syncer", () => {
  it("has it in its pod, with rights of its own and a certificate", async () => {
    await using host = await dedicatedHost();
    expect(templateContainers(host)).toContain(containers.syncer);
    expect(holder(host)).toBe(dedicated);
    expect(outside(host)).toEqual(everything);
    expect(nestedServer(host)).toBe("https://127.0.0.1:6443");
    expect(inside(host)).toEqual(identity);
  });

  it("gets the role in the project before what binds it, which a host would refuse otherwise", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo", { syncer: "dedicated" });
    host.server.faults.add({
      fault: { kind: "answer", status: 500 },
      when: ({ verb, plural }) => verb === "apply" && plural === "roles",
    });
    await expect(host.reconcile("demo")).rejects.toThrow();
    expect(outside(host)).toEqual([]);
  });

  it.each([
    ["cluster-wide binding", resources.clusterrolebindings, { name: `${namespace}-syncer` }],
    ["role in the project", resources.roles, { namespace: "team", name: "inkube-syncer-demo" }],
    ["binding in the project", resources.rolebindings, { namespace: "team", name: "inkube-syncer-demo" }],
  ])("gets its deleted %s again", async (_title, type, ref) => {
    await using host = await dedicatedHost();
    await host.client.delete(type, ref);
    await host.reconcile("demo");
    expect(outside(host)).toEqual(everything);
  });

  it("takes back rights that somebody added to its role", async () => {
    await using host = await dedicatedHost();
    const ref = { namespace: "team", name: "inkube-syncer-demo" };
    const before = host.server.object(resources.roles, ref)?.rules;
    const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
    await host.client.patch(resources.roles, ref, { rules }, { type: "merge", fieldManager: "somebody" });
    await host.reconcile("demo");
    expect(host.server.object(resources.roles, ref)?.rules).toEqual(before);
  });

  it("leaves nothing on the host when it is deleted", async () => {
    await using host = await dedicatedHost();
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    for (let round = 0; round < 2; round += 1) await host.reconcile("demo");
    expect(host.cluster("demo")).toBeUndefined();
    expect(outside(host)).toEqual([]);
  });

  it("is kept until its rights are gone from the host", async () => {
    await using host = await dedicatedHost();
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    host.server.faults.add({
      fault: { kind: "answer", status: 500 },
      when: ({ verb, plural }) => verb === "delete" && plural === "clusterrolebindings",
    });
    await host.reconcile("demo");
    await expect(host.reconcile("demo")).rejects.toThrow();
    expect(host.cluster("demo")?.metadata.finalizers).toEqual([finalizer]);
    host.server.faults.clear();
    await host.reconcile("demo");
    expect(host.cluster("demo")).toBeUndefined();
    expect(outside(host)).toEqual([]);
  });

  it("leaves alone what somebody else has under these names in the project", async () => {
    await using host = await startTestHost();
    const role: KubeObject = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "inkube-syncer-demo", namespace: "team" },
      rules: [],
    };
    await host.client.create(resources.roles, role);
    await host.createCluster("demo");
    await host.reconcile("demo");
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    for (let round = 0; round < 2; round += 1) await host.reconcile("demo");
    expect(host.cluster("demo")).toBeUndefined();
    expect(outside(host)).toEqual(["Role/inkube-syncer-demo"]);
  });
});

describe("handing a nested cluster over", () => {
  it("to the shared syncer, keeps the rights with the dedicated one until its pod is gone", async () => {
    await using host = await dedicatedHost();
    await want(host, "shared");
    expect(templateContainers(host)).not.toContain(containers.syncer);
    expect(holder(host)).toBe(dedicated);
    expect(outside(host)).toEqual(everything);
    expect(nestedServer(host)).toBe("https://127.0.0.1:6443");
    expect(inside(host)).toEqual(identity);

    await startPod(host, "shared");
    await host.reconcile("demo");
    expect(holder(host)).toBe(shared);
    expect(outside(host)).toEqual([]);
    expect(inside(host)).toEqual([]);
    expect(nestedServer(host)).not.toContain("127.0.0.1");
  });

  it("to the shared syncer, removes its account and certificate only when the StatefulSet asks for them no more", async () => {
    await using host = await dedicatedHost();
    await host.client.delete(resources.pods, pod, { gracePeriodSeconds: 0 });
    host.server.faults.add({
      fault: { kind: "answer", status: 500 },
      when: ({ verb, plural }) => verb === "apply" && plural === "statefulsets",
    });
    await expect(want(host, "shared")).rejects.toThrow();
    expect(inside(host)).toEqual(identity);
    host.server.faults.clear();
    await host.reconcile("demo");
    expect(inside(host)).toEqual([]);
  });

  it("to the shared syncer, leaves alone what was not made for this cluster", async () => {
    await using host = await dedicatedHost();
    const labels = { "inkube.dev/cluster": "another" };
    const ref = { namespace, name: names.syncerTlsSecret };
    await want(host, "shared");
    await host.client.patch(
      resources.secrets,
      ref,
      { metadata: { labels } },
      { type: "merge", fieldManager: "somebody" },
    );
    await startPod(host, "shared");
    await host.reconcile("demo");
    expect(inside(host)).toEqual(["Secret/syncer-tls"]);
  });

  it("to the shared syncer, waits while the host does not say whether the pod is gone", async () => {
    await using host = await dedicatedHost();
    await host.client.delete(resources.pods, pod, { gracePeriodSeconds: 0 });
    host.server.faults.add({
      fault: { kind: "answer", status: 500 },
      when: ({ method, path }) => method === "GET" && path.includes(`/namespaces/${namespace}/pods`),
    });
    await expect(want(host, "shared")).rejects.toThrow();
    expect(holder(host)).toBe(dedicated);
    host.server.faults.clear();
    await host.reconcile("demo");
    expect(holder(host)).toBe(shared);
  });

  it("to a dedicated syncer, gives the rights away before its pod can begin", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    await host.reconcile("demo");
    await startPod(host, "shared");
    host.server.faults.add({
      fault: { kind: "answer", status: 500 },
      when: ({ verb, plural }) => verb === "apply" && plural === "statefulsets",
    });
    await expect(want(host, "dedicated")).rejects.toThrow();
    expect(holder(host)).toBe(dedicated);
    host.server.faults.clear();
    await host.reconcile("demo");
    expect(templateContainers(host)).toContain(containers.syncer);
  });

  it("to a dedicated syncer and back before its pod began, gives the rights back at once", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    await host.reconcile("demo");
    await startPod(host, "shared");
    await want(host, "dedicated");
    await want(host, "shared");
    expect(holder(host)).toBe(shared);
    expect(outside(host)).toEqual([]);
  });
});
