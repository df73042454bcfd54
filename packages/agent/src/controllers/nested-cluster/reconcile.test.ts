import { annotations, type Condition, finalizer, hostNamespace, labels, names, nestedClusters } from "@inkube/api";
import { type KubeObject, type ResourceType, resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { ownedTypes } from "../../objects/owned-types.ts";
import { putPod, startTestHost, type TestHost } from "../../testing/test-host.ts";

// Each test makes a real PKI and a dozen watches, on machines that are busy with others.
const slow = { timeout: 60_000 };
const namespace = hostNamespace("team", "demo");
const running = (name: string, ready = true) => ({ name, ready, image: `image-of-${name}`, state: { running: {} } });
const healthy = {
  containerStatuses: ["kine", "kube-apiserver", "kube-controller-manager"].map((name) => running(name)),
};

const statusOf = (host: TestHost): { phase?: string; conditions?: Condition[]; endpoint?: { url?: string } } =>
  (host.cluster("demo")?.status ?? {}) as object;
const condition = (host: TestHost, type: string): Condition | undefined =>
  statusOf(host).conditions?.find((candidate) => candidate.type === type);
const writes = (host: TestHost): string[] =>
  host.server.requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
const secret = (host: TestHost, name: string): KubeObject | undefined =>
  host.server.object(resources.secrets, { namespace, name });

async function settled(host: TestHost): Promise<void> {
  for (let round = 0; round < 3; round += 1) await host.reconcile("demo");
  host.server.clearRequests();
}

/** A cluster whose control plane and endpoint answer. */
async function runningHost(): Promise<TestHost> {
  const host = await startTestHost();
  await host.createCluster("demo");
  await host.reconcile("demo");
  await putPod(host, namespace, healthy);
  host.answer = { ready: true };
  await settled(host);
  return host;
}

describe("a new nested cluster", slow, () => {
  it("gets its namespace, limits, certificates and control plane in one go", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    await host.reconcile("demo");
    const made = Object.entries(ownedTypes).flatMap(([kind, type]) =>
      host.server
        .objects(type as ResourceType, type.namespaced ? namespace : undefined)
        .map(({ metadata }) => `${kind}/${metadata.name}`),
    );
    expect(made.sort()).toMatchInlineSnapshot(`
      [
        "LimitRange/defaults",
        "Namespace/inkube-team-demo-c79aa",
        "NetworkPolicy/control-plane",
        "NetworkPolicy/workloads",
        "PersistentVolumeClaim/data-control-plane-0",
        "ResourceQuota/size",
        "ResourceQuota/storage",
        "RoleBinding/syncer",
        "Secret/egress",
        "Secret/kubeconfig",
        "Secret/kubeconfig-syncer",
        "Secret/pki",
        "Service/control-plane",
        "Service/control-plane-pods",
        "ServiceAccount/workload",
        "StatefulSet/control-plane",
      ]
    `);
    expect(host.cluster("demo")?.metadata.finalizers).toEqual([finalizer]);
    expect(statusOf(host)).toMatchObject({ phase: "Provisioning", namespace, distro: "k8s", version: "v1.34.4" });
  });

  it("is ready when the control plane, the endpoint and the syncer say so", async () => {
    await using host = await runningHost();
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "True", reason: "ControlPlaneAnswers" });
    expect(condition(host, "EndpointReachable")).toMatchObject({ status: "True", reason: "EndpointAnswers" });
    expect(condition(host, "Ready")).toMatchObject({ status: "False", reason: "SyncStarting" });
    await say(host, {
      type: "Synced",
      status: "True",
      reason: "InSync",
      message: "",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    });
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ status: "True", reason: "Ready" });
    expect(statusOf(host).phase).toBe("Ready");
    expect(condition(host, "Synced"), "the syncer's own condition stays").toBeDefined();
  });

  it("has its way told in Events of its object, each once", async () => {
    await using host = await runningHost();
    await say(host, {
      type: "Synced",
      status: "True",
      reason: "InSync",
      message: "",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    });
    for (let round = 0; round < 3; round += 1) await host.reconcile("demo");
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    await host.reconcile("demo");
    const told = host.server
      .objects(resources.events, "team")
      .map(({ type, reason, count }) => `${type} ${reason} ${count}`);
    expect(told.sort()).toEqual(["Normal Created 1", "Normal Deleting 1", "Normal Ready 1"]);
  });

  it("comes to be on a host that takes no Events", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    host.server.faults.add({
      fault: { kind: "answer", status: 403 },
      when: ({ plural, verb }) => plural === "events" && verb === "create",
    });
    await host.reconcile("demo");
    expect(statusOf(host).phase).toBe("Provisioning");
  });

  it("writes nothing when nothing changed", async () => {
    await using host = await runningHost();
    await host.reconcile("demo");
    expect(writes(host)).toEqual([]);
  });

  it("asks the API itself while the kubelet's probe is still to come", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    await host.reconcile("demo");
    await putPod(host, namespace, { containerStatuses: [running("kine"), running("kube-apiserver", false)] });
    expect(await host.reconcile("demo")).toEqual({ after: 150 });
    host.answer = { ready: true };
    await host.reconcile("demo");
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "True" });
  });
});

describe("what takes a moment at every start", slow, () => {
  const unscheduled = (message: string) => ({ conditions: [{ type: "PodScheduled", status: "False", message }] });
  const unbound = unscheduled("pod has unbound immediate PersistentVolumeClaims");
  /** A cluster whose pod was made at the same moment as its claim, and is that old. */
  async function hostWithPod(status: object, ageMs: number): Promise<TestHost> {
    const host = await startTestHost();
    const storage = { size: "1Gi", storageClassName: "fast" };
    await host.createCluster("demo", { datastore: { type: "sqlite", storage } });
    await host.reconcile("demo");
    await putPod(host, namespace, status);
    const claim = host.server.object(resources.persistentvolumeclaims, { namespace, name: names.dataClaim });
    host.clock.jump(Date.parse(claim?.metadata.creationTimestamp ?? "") + ageMs - host.clock.now());
    return host;
  }

  it("is calm progress before it is trouble, and is looked at when it may have become that", async () => {
    await using host = await hostWithPod(unbound, 12_000);
    expect(await host.reconcile("demo")).toMatchObject({ after: expect.toSatisfy((ms: number) => ms <= 5000) });
    const { reason, message } = condition(host, "Ready") ?? {};
    expect(reason).toBe("ContainersStarting");
    expect(message).toContain("The datastore's volume is being provisioned.");
    expect(message).not.toContain("storage class");
    host.clock.jump(5000);
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ reason: "VolumePending" });
  });

  it("includes the way to an API server that is ready by its kubelet's word", async () => {
    await using host = await hostWithPod(healthy, 0);
    host.answer = { ready: false, why: "ECONNREFUSED" };
    await host.reconcile("demo");
    expect(await host.reconcile("demo")).toEqual({ after: 1000 });
    expect(condition(host, "EndpointReachable")).toMatchObject({ reason: "Waiting" });
    host.clock.jump(16_000);
    await host.reconcile("demo");
    expect(condition(host, "EndpointReachable")).toMatchObject({ reason: "EndpointUnreachable" });
  });
});

describe("what goes wrong", slow, () => {
  const waiting = (name: string, reason: string, message = "") => ({
    name,
    image: "x/y:z",
    ready: false,
    state: { waiting: { reason, message } },
  });
  it.each([
    [
      "an image cannot be had",
      { containerStatuses: [waiting("kine", "ImagePullBackOff")] },
      "ImagePullFailed",
      "x/y:z",
    ],
    [
      "no node has room",
      {
        conditions: [
          { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes: Insufficient cpu" },
        ],
      },
      "Unschedulable",
      "Insufficient cpu",
    ],
    [
      "the volume is not bound",
      {
        conditions: [
          { type: "PodScheduled", status: "False", message: "pod has unbound immediate PersistentVolumeClaims" },
        ],
      },
      "VolumePending",
      "has no default storage class",
    ],
    [
      "kine ends again and again",
      {
        containerStatuses: [
          {
            ...waiting("kine", "CrashLoopBackOff"),
            lastState: { terminated: { exitCode: 1, message: "a\ndisk is full\n" } },
          },
        ],
      },
      "DatastoreUnavailable",
      "disk is full",
    ],
    [
      "the API server ends again and again",
      {
        containerStatuses: [
          {
            ...waiting("kube-apiserver", "CrashLoopBackOff"),
            lastState: { terminated: { exitCode: 1, message: "bad flag token=abc" } },
          },
        ],
      },
      "ControlPlaneCrashing",
      "bad flag [hidden]",
    ],
  ])("is told when %s", async (_title, status, reason, words) => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    await host.reconcile("demo");
    await putPod(host, namespace, status);
    await host.reconcile("demo");
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ status: "False", reason });
    expect(condition(host, "Ready")?.message).toContain(words);
  });

  it("is told when a quota refuses the pod", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    await host.reconcile("demo");
    await host.client.create(resources.events, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "refused", namespace },
      involvedObject: { kind: "StatefulSet", name: names.controlPlane, namespace },
      reason: "FailedCreate",
      message: "pods is forbidden: exceeded quota: tiny",
    });
    await host.reconcile("demo");
    expect(condition(host, "ControlPlaneReady")).toMatchObject({ reason: "QuotaTooSmall" });
  });

  it("never touches a namespace of that name that is somebody else's", async () => {
    await using host = await startTestHost();
    await host.client.create(resources.namespaces, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace },
    });
    await host.createCluster("demo");
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ status: "False", reason: "HostNamespaceTaken" });
    expect(statusOf(host).phase).toBe("Failed");
    expect(host.server.objects(resources.secrets, namespace)).toEqual([]);
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    await host.reconcile("demo");
    expect(host.cluster("demo")).toBeUndefined();
    expect(host.server.object(resources.namespaces, { name: namespace })?.metadata.deletionTimestamp).toBeUndefined();
  });

  it.each([
    ["v1.20.0", {}],
    ["v1.34.4+k3s1", { distro: "k8s" }],
  ])("refuses version %s and makes nothing", async (version, spec) => {
    await using host = await startTestHost();
    await host.createCluster("demo", { version, ...spec });
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ status: "False", reason: "VersionUnsupported" });
    expect(host.server.object(resources.namespaces, { name: namespace })).toBeUndefined();
  });

  it("copies no Secret of another type", async () => {
    await using host = await startTestHost();
    const data = { ".dockerconfigjson": "e30=" };
    const metadata = { name: "login", namespace: "team" };
    await host.client.create(resources.secrets, { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data });
    await host.createCluster("demo", { images: { registry: "mirror", pullSecret: "login" } });
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ reason: "PullSecretMissing" });
    expect(secret(host, "pull-secret")).toBeUndefined();
  });

  it("waits for the pull secret and copies it", async () => {
    await using host = await startTestHost();
    await host.createCluster("demo", { images: { registry: "mirror", pullSecret: "login" } });
    await host.reconcile("demo");
    expect(condition(host, "Ready")).toMatchObject({ reason: "PullSecretMissing" });
    const metadata = { name: "login", namespace: "team" };
    const type = "kubernetes.io/dockerconfigjson";
    await host.client.create(resources.secrets, {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      type,
      data: { ".dockerconfigjson": "e30=" },
    });
    await host.reconcile("demo");
    expect(secret(host, "pull-secret")?.data).toEqual({ ".dockerconfigjson": "e30=" });
  });
});

describe("healing", slow, () => {
  it.each(
    Object.entries(ownedTypes)
      .filter(([kind]) => !["Namespace", "Role", "ClusterRoleBinding"].includes(kind))
      .map(([kind, type]) => [kind, type] as const),
  )("makes a deleted %s again", async (_kind, type) => {
    await using host = await runningHost();
    const before = host.server.objects(type, namespace).map(({ metadata }) => metadata.name);
    expect(before.length).toBeGreaterThan(0);
    for (const name of before) await host.client.delete(type, { namespace, name });
    await host.reconcile("demo");
    expect(host.server.objects(type, namespace).map(({ metadata }) => metadata.name)).toEqual(before);
  });

  it.each([
    ["a quota", resources.resourcequotas, "size", { spec: { hard: { pods: "9999" } } }],
    ["a policy", resources.networkpolicies, "workloads", { spec: { egress: [{}] } }],
    ["the StatefulSet", resources.statefulsets, "control-plane", { spec: { replicas: 3 } }],
    ["a role binding", resources.rolebindings, "syncer", { subjects: [{ kind: "User", name: "mallory" }] }],
  ] as const)("takes back a change to %s", async (_title, type, name, change) => {
    await using host = await runningHost();
    const before = host.server.object(type, { namespace, name });
    await host.client.patch(type, { namespace, name }, change, { type: "merge", fieldManager: "somebody" });
    await host.reconcile("demo");
    expect(host.server.object(type, { namespace, name })).toMatchObject({ ...pickContent(before) });
  });

  it("puts a deleted PKI back as it was, so that tokens and kubeconfigs stay valid", async () => {
    await using host = await runningHost();
    const before = secret(host, names.pkiSecret)?.data;
    await host.client.delete(resources.secrets, { namespace, name: names.pkiSecret });
    await host.reconcile("demo");
    expect(secret(host, names.pkiSecret)?.data).toEqual(before);
  });

  it("replaces a PKI whose authority is broken, and with it the pod", async () => {
    await using host = await runningHost();
    const template = () =>
      JSON.stringify(host.server.object(resources.statefulsets, { namespace, name: names.controlPlane })?.spec);
    const before = template();
    await host.client.patch(
      resources.secrets,
      { namespace, name: names.pkiSecret },
      { data: { "ca.key": "eA==" } },
      { type: "merge" },
    );
    await host.reconcile("demo");
    expect(template()).not.toBe(before);
    expect(host.log.entries.filter(({ level }) => level === "error").map(({ message }) => message)).toEqual([
      "Replaced a damaged PKI: tokens and kubeconfigs of the cluster are invalid",
    ]);
  });

  it("leaves everything alone while the cluster is paused", async () => {
    await using host = await runningHost();
    const ref = { namespace: "team", name: "demo" };
    await host.client.patch(
      nestedClusters,
      ref,
      { metadata: { annotations: { [annotations.paused]: "yes" } } },
      { type: "merge" },
    );
    await host.client.delete(resources.services, { namespace, name: names.controlPlane });
    await host.reconcile("demo");
    expect(host.server.object(resources.services, { namespace, name: names.controlPlane })).toBeUndefined();
    expect(condition(host, "Ready")).toMatchObject({ status: "Unknown", reason: "Paused" });
  });

  it("never logs a key", async () => {
    await using host = await runningHost();
    expect(JSON.stringify(host.log.entries)).not.toMatch(/PRIVATE KEY|client-key-data/);
  });
});

describe("deletion", slow, () => {
  it("takes the namespace away and lets the object go when it is gone", async () => {
    await using host = await runningHost();
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    await host.reconcile("demo");
    await host.reconcile("demo");
    expect(host.cluster("demo")).toBeUndefined();
    expect(host.server.object(resources.namespaces, { name: namespace })).toBeUndefined();
    for (const type of Object.values(ownedTypes))
      if (type.namespaced) expect(host.server.objects(type, namespace)).toEqual([]);
  });

  it.each(["Secret", "StatefulSet", "RoleBinding"] as const)("works when creation stopped before %s", async (kind) => {
    await using host = await startTestHost();
    await host.createCluster("demo");
    const { plural } = ownedTypes[kind];
    host.server.faults.add({
      fault: { kind: "answer", status: 500 },
      when: (seen) => seen.verb === "apply" && seen.plural === plural,
    });
    await expect(host.reconcile("demo")).rejects.toThrow();
    expect(host.server.objects(ownedTypes[kind], namespace)).toEqual([]);
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    host.server.faults.clear();
    await host.reconcile("demo");
    await host.reconcile("demo");
    expect(host.cluster("demo")).toBeUndefined();
    expect(host.server.object(resources.namespaces, { name: namespace })).toBeUndefined();
  });

  it("keeps the object while the namespace is still there, and says what holds it", async () => {
    await using host = await runningHost();
    const held = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "held", namespace, finalizers: ["example.com/hold"] },
    };
    await host.client.create(resources.configmaps, held);
    await host.client.delete(nestedClusters, { namespace: "team", name: "demo" });
    await host.reconcile("demo");
    expect(await host.reconcile("demo")).toEqual({ after: 500 });
    expect(statusOf(host).phase).toBe("Deleting");
    const since = host.server.object(resources.namespaces, { name: namespace })?.metadata.deletionTimestamp ?? "";
    host.clock.jump(Date.parse(since) + 61_000 - host.clock.now());
    await host.reconcile("demo");
    expect(condition(host, "NamespaceReady")).toMatchObject({ reason: "DeletionBlocked" });
    expect(host.cluster("demo")?.metadata.finalizers).toEqual([finalizer]);
  });
});

function pickContent(object: KubeObject | undefined): object {
  const { spec, subjects } = object ?? { metadata: { name: "" } };
  return JSON.parse(JSON.stringify({ spec, subjects, metadata: { labels: { [labels.cluster]: "demo" } } })) as object;
}

async function say(host: TestHost, synced: Condition): Promise<void> {
  const object = {
    apiVersion: "inkube.dev/v1alpha1",
    kind: "NestedCluster",
    metadata: { name: "demo", namespace: "team" },
    status: { conditions: [synced] },
  };
  await host.client.apply(nestedClusters, object, { fieldManager: "inkube-syncer", subresource: "status" });
}
