import { annotations, labels, managedBy } from "@inkube/api";
import { type Client, createClient, type KubeObject, type ResourceType, resources } from "@inkube/kube";
import { startRealApiServer } from "@inkube/kube/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endpoints } from "./endpoints.ts";
import { endpointslices } from "./endpointslices.ts";
import { toNestedEvent } from "./events.ts";
import type { NestedWrite, ToHostKind } from "./kind.ts";
import { aContext, type Objects } from "./kind-fixtures.ts";
import { nodes } from "./nodes.ts";
import { persistentvolumeclaims } from "./persistentvolumeclaims.ts";
import { persistentvolumes } from "./persistentvolumes.ts";
import { pods } from "./pods/index.ts";
import { services } from "./services.ts";
import { storageclasses } from "./storageclasses.ts";

/**
 * What the kinds make must be what real API servers accept, and stay quiet once it is there. One server is both sides here: nested
 * objects in `default`, their copies in the host namespace.
 */
let server: Awaited<ReturnType<typeof startRealApiServer>>;
let client: Client;
const hostNamespace = aContext().cluster.hostNamespace;
const fieldManager = "test";

beforeAll(async () => {
  server = await startRealApiServer({
    args: ["--disable-admission-plugins=ServiceAccount,PersistentVolumeClaimResize"],
  });
  client = createClient(server.config);
  await client.create(resources.namespaces, { metadata: { name: hostNamespace } });
});

afterAll(async () => {
  await client?.close();
  await server?.[Symbol.asyncDispose]();
});

function typed(type: ResourceType, object: KubeObject): KubeObject {
  return { apiVersion: type.group === "" ? type.version : `${type.group}/${type.version}`, kind: type.kind, ...object };
}

async function createNested(
  type: ResourceType,
  name: string,
  fields: object,
  metadata: object = {},
): Promise<KubeObject> {
  return await client.create(type, typed(type, { metadata: { name, namespace: "default", ...metadata }, ...fields }));
}

/** The wanted object with the marks that the engine adds. */
function marked(kind: ToHostKind, nested: KubeObject, objects: { nested?: Objects; host?: Objects } = {}): KubeObject {
  const wanted = kind.toHost(nested, aContext(objects));
  const { name, namespace = "", uid = "" } = nested.metadata;
  const marks = { [labels.managedBy]: managedBy.syncer, [labels.cluster]: "demo", [labels.namespace]: namespace };
  const told = { [annotations.name]: name, [annotations.namespace]: namespace, [annotations.uid]: uid };
  return {
    ...wanted,
    metadata: {
      ...wanted.metadata,
      labels: { ...wanted.metadata.labels, ...marks },
      annotations: { ...wanted.metadata.annotations, ...told },
    },
  };
}

async function read(type: ResourceType, object: KubeObject): Promise<KubeObject> {
  const { name, namespace } = object.metadata;
  const found = await client.get(type, namespace === undefined ? { name } : { name, namespace });
  if (found === undefined) throw new Error(`${type.kind} ${name} is gone`);
  return found;
}

/** Brings a host copy up to date and returns it. */
async function updated(kind: ToHostKind, nested: KubeObject, host: KubeObject): Promise<KubeObject> {
  const wanted = marked(kind, nested, { host: { [kind.kind]: [host] } });
  for (const { body, ...options } of kind.update?.(host, wanted) ?? []) {
    await client.patch(kind.type, { name: host.metadata.name, namespace: hostNamespace }, body, options);
  }
  const now = await read(kind.type, host);
  expect(kind.update?.(now, marked(kind, nested, { host: { [kind.kind]: [now] } }))).toEqual([]);
  return now;
}

async function write(type: ResourceType, nested: KubeObject, writes: NestedWrite[]): Promise<void> {
  const ref = { name: nested.metadata.name, namespace: "default" };
  for (const each of writes) {
    if (each.verb === "delete") throw new Error("nothing is to be deleted");
    if (each.verb === "bind") {
      const body = typed({ ...type, kind: "Binding" }, { metadata: ref, target: { kind: "Node", name: each.node } });
      await client.createSubresource(type, ref, "binding", body);
    } else {
      await client.patch(type, ref, each.body, {
        type: "merge",
        ...(each.subresource && { subresource: each.subresource }),
      });
    }
  }
}

/** Takes over what the host says and returns the nested object, which then has nothing left to take over. */
async function takenOver(kind: ToHostKind, nested: KubeObject, host: KubeObject): Promise<KubeObject> {
  await write(kind.type, nested, kind.fromHost(host, nested, aContext()));
  const now = await read(kind.type, nested);
  expect(kind.fromHost(host, now, aContext())).toEqual([]);
  return now;
}

const fieldItem = (path: string, fieldPath: string) => ({ path, fieldRef: { fieldPath } });

const richSpec = {
  serviceAccountName: "default",
  subdomain: "web",
  setHostnameAsFQDN: true,
  hostAliases: [{ ip: "192.0.2.1", hostnames: ["h"] }],
  imagePullSecrets: [{ name: "pull" }],
  readinessGates: [{ conditionType: "example.org/gate" }],
  dnsConfig: { options: [{ name: "ndots", value: "2" }], searches: ["example.org"] },
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          topologyKey: "kubernetes.io/hostname",
          labelSelector: { matchLabels: { app: "w" } },
          matchLabelKeys: ["hash"],
        },
        { topologyKey: "zone", labelSelector: {}, namespaceSelector: { matchLabels: { team: "nobody" } } },
      ],
    },
  },
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "zone",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: { app: "w" } },
      matchLabelKeys: ["hash"],
    },
  ],
  initContainers: [{ name: "side", image: "side:1", restartPolicy: "Always" }],
  containers: [
    {
      name: "c",
      image: "app:1",
      resources: { requests: { cpu: "100m", memory: "10Mi" }, limits: { cpu: "1", memory: "20Mi" } },
      env: [
        { name: "NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
        { name: "K", valueFrom: { configMapKeyRef: { name: "c", key: "k", optional: true } } },
      ],
      envFrom: [{ secretRef: { name: "s" } }],
      volumeMounts: [{ name: "projected", mountPath: "/p" }],
    },
  ],
  volumes: [
    { name: "config", configMap: { name: "c" } },
    { name: "secret", secret: { secretName: "s" } },
    {
      name: "scratch",
      ephemeral: {
        volumeClaimTemplate: {
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
        },
      },
    },
    {
      name: "down",
      downwardAPI: {
        items: [fieldItem("labels", "metadata.labels"), fieldItem("hidden", "metadata.labels['inkube.dev/x']")],
      },
    },
    {
      name: "projected",
      projected: {
        sources: [
          { serviceAccountToken: { path: "token" } },
          { configMap: { name: "kube-root-ca.crt" } },
          { downwardAPI: { items: [fieldItem("namespace", "metadata.namespace")] } },
        ],
      },
    },
  ],
};

describe("A real API server", () => {
  it("takes a pod with everything, every later change of it, and its status back inside", async () => {
    const cm = { name: "web-0", labels: { app: "w", hash: "1", "inkube.dev/x": "1" }, annotations: { note: "n" } };
    let nested = await createNested(resources.pods, cm.name, { spec: richSpec }, cm);
    let host = await client.create(resources.pods, marked(pods, nested));
    host = await updated(pods, nested, host);
    expect(JSON.stringify(host.spec)).toContain("web-0-x-default-x-demo-tokens");

    const ref = { name: "web-0", namespace: "default" };
    const merge = (body: object, subresource?: string) =>
      client.patch(resources.pods, ref, body, { type: "strategic", ...(subresource && { subresource }) });
    await merge({ metadata: { labels: { app: null, fresh: "1" } } });
    await merge({
      spec: {
        containers: [{ name: "c", image: "app:2" }],
        tolerations: [
          ...((nested.spec as { tolerations?: object[] }).tolerations ?? []),
          { key: "x", operator: "Exists" },
        ],
        activeDeadlineSeconds: 600,
      },
    });
    const debug = {
      name: "debug",
      image: "busybox",
      env: [{ name: "N", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
    };
    await merge({ spec: { ephemeralContainers: [debug] } }, "ephemeralcontainers");
    await merge({ spec: { containers: [{ name: "c", resources: { requests: { cpu: "200m" } } }] } }, "resize");
    nested = await merge({ status: { conditions: [{ type: "example.org/gate", status: "True" }] } }, "status");
    host = await updated(pods, nested, host);
    expect(host).toMatchObject({
      metadata: { labels: { fresh: "1" } },
      spec: {
        activeDeadlineSeconds: 600,
        containers: [{ image: "app:2", resources: { requests: { cpu: "200m" } } }],
        ephemeralContainers: [{ name: "debug" }],
      },
      status: { conditions: expect.arrayContaining([expect.objectContaining({ type: "example.org/gate" })]) },
    });
    expect(host.metadata.labels).not.toHaveProperty("app");

    const status = {
      phase: "Running",
      podIP: "10.1.0.2",
      podIPs: [{ ip: "10.1.0.2" }],
      hostIP: "192.0.2.9",
      hostIPs: [{ ip: "192.0.2.9" }],
      observedGeneration: host.metadata.generation,
      conditions: [{ type: "Ready", status: "True", observedGeneration: host.metadata.generation }],
      containerStatuses: [
        { name: "c", ready: true, restartCount: 0, image: "app:2", imageID: "sha256:1", state: { running: {} } },
      ],
    };
    const hostRef = { name: host.metadata.name, namespace: hostNamespace };
    const binding = typed(
      { ...resources.pods, kind: "Binding" },
      { metadata: hostRef, target: { kind: "Node", name: "n1" } },
    );
    await client.createSubresource(resources.pods, hostRef, "binding", binding);
    host = await client.patch(resources.pods, hostRef, { status }, { type: "strategic", subresource: "status" });
    nested = await takenOver(pods, nested, host);
    expect(nested).toMatchObject({ spec: { nodeName: "n1" }, status: { phase: "Running", podIP: "10.1.0.2" } });
    expect((nested.status as { conditions: { type: string }[] }).conditions.map(({ type }) => type)).toContain(
      "example.org/gate",
    );
  });

  it("takes pods bound to sets of nodes", async () => {
    const node = (name: string, extra: object = {}) => ({
      metadata: { name, labels: { zone: "1", ...extra } },
      spec: {},
    });
    const objects = {
      host: { nodes: [node("a"), node("b"), node("c")] },
      nested: {
        nodes: [
          node("a", { disk: "ssd" }),
          node("b", { disk: "ssd" }),
          { ...node("c"), spec: { unschedulable: true } },
        ],
      },
    };
    const containers = [{ name: "c", image: "i" }];
    const specs = { selected: { containers, nodeSelector: { disk: "ssd" } }, plain: { containers } };
    for (const [name, spec] of Object.entries(specs)) {
      const nested = await createNested(resources.pods, name, { spec });
      const host = await client.create(resources.pods, marked(pods, nested, objects));
      expect(host).toHaveProperty("spec.affinity.nodeAffinity");
    }
  });

  it("takes Services, hand-written endpoints and slices by server-side apply, and a load balancer's address inside", async () => {
    const ports = [{ name: "http", port: 80, targetPort: "web" }];
    const balanced = await createNested(resources.services, "web", {
      spec: { type: "LoadBalancer", ports, selector: { a: "b" } },
    });
    // Both sides share one address range here; on a host of its own the copy has the same address.
    const free = { ...balanced, spec: { type: "LoadBalancer", ports, selector: { a: "b" } } };
    const copy = marked(services, free);
    await client.apply(resources.services, copy, { fieldManager, force: true });
    const hostRef = { name: copy.metadata.name, namespace: hostNamespace };
    const status = { loadBalancer: { ingress: [{ ip: "192.0.2.7" }] } };
    const host = await client.patch(resources.services, hostRef, { status }, { type: "merge", subresource: "status" });
    expect(await takenOver(services, balanced, host)).toMatchObject({ status });

    const subsets = [{ addresses: [{ ip: "192.0.2.1" }], ports: [{ port: 5432 }] }];
    const written = await createNested(resources.endpoints, "db", { subsets });
    await client.apply(resources.endpoints, marked(endpoints, written), { fieldManager, force: true });
    const slice = { addressType: "IPv4", endpoints: [{ addresses: ["192.0.2.1"] }], ports: [{ port: 5432 }] };
    const service = { labels: { "kubernetes.io/service-name": "db" } };
    const ownSlice = await createNested(resources.endpointslices, "db-1", slice, service);
    await client.apply(resources.endpointslices, marked(endpointslices, ownSlice), { fieldManager, force: true });
  });

  it("takes a claim, its growth, its binding inside and its volume", async () => {
    const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
    let nested = await createNested(resources.persistentvolumeclaims, "data", { spec });
    let host = await client.create(resources.persistentvolumeclaims, marked(persistentvolumeclaims, nested));
    host = await updated(persistentvolumeclaims, nested, host);

    const hostRef = { name: host.metadata.name, namespace: hostNamespace };
    const bind = { spec: { volumeName: "pvc-1", storageClassName: "fast" } };
    await client.patch(resources.persistentvolumeclaims, hostRef, bind, { type: "merge" });
    const status = { phase: "Bound", capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"] };
    host = await client.patch(
      resources.persistentvolumeclaims,
      hostRef,
      { status },
      { type: "merge", subresource: "status" },
    );
    nested = await takenOver(persistentvolumeclaims, nested, host);
    expect(nested).toMatchObject({
      spec: { volumeName: "pvc-1", storageClassName: "fast" },
      status: { phase: "Bound" },
    });

    const volume = {
      metadata: { name: "pvc-1" },
      spec: {
        ...{ capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], storageClassName: "fast" },
        claimRef: { kind: "PersistentVolumeClaim", name: host.metadata.name, namespace: hostNamespace },
        hostPath: { path: "/var/lib/x" },
      },
      status: { phase: "Bound" },
    };
    const context = aContext({
      host: { persistentvolumeclaims: [host] },
      nested: { persistentvolumeclaims: [nested] },
    });
    await applyNested(persistentvolumes.type, persistentvolumes.toNested(volume, context));

    await applyNested(
      storageclasses.type,
      storageclasses.toNested({ metadata: { name: "fast" }, provisioner: "p", allowVolumeExpansion: true }, aContext()),
    );
    const growth = { spec: { resources: { requests: { storage: "2Gi" } } } };
    nested = await client.patch(resources.persistentvolumeclaims, { name: "data", namespace: "default" }, growth, {
      type: "merge",
    });
    expect(await updated(persistentvolumeclaims, nested, host)).toMatchObject(growth);
  });

  it("takes nodes and Events inside", async () => {
    const host = {
      metadata: { name: "n1", labels: { zone: "1" } },
      spec: { podCIDR: "10.1.0.0/24", podCIDRs: ["10.1.0.0/24"], taints: [{ key: "t", effect: "NoSchedule" }] },
      status: {
        addresses: [{ type: "InternalIP", address: "192.0.2.9" }],
        capacity: { cpu: "4" },
        conditions: [{ type: "Ready", status: "True" }],
      },
    };
    const node = await applyNested(nodes.type, nodes.toNested(host, aContext()));
    expect(node).toMatchObject({ status: { addresses: host.status.addresses, daemonEndpoints: {} } });

    const pod = { metadata: { name: "web", namespace: "default", uid: "u" } };
    for (const eventTime of [null, "2026-01-01T00:00:00.000000Z"]) {
      const event = {
        metadata: { name: `web-x-default-x-demo.${eventTime ? "a" : "b"}`, namespace: hostNamespace },
        involvedObject: { kind: "Pod", namespace: hostNamespace, name: "web-x-default-x-demo" },
        ...{ reason: "Scheduled", action: "Binding", message: "Assigned", type: "Normal", eventTime },
        ...{ reportingComponent: "default-scheduler", reportingInstance: "default-scheduler-cp-1" },
      };
      const told = toNestedEvent(event, aContext({ nested: { pods: [pod] } }));
      expect(await applyNested(resources.events, told)).toMatchObject({ reportingInstance: "default-scheduler" });
    }
  });
});

/** Applies an object inside as the engine does, its status through the subresource. */
async function applyNested(type: ResourceType, object: KubeObject | undefined): Promise<KubeObject> {
  if (object === undefined) throw new Error("nothing to apply");
  const applied = await client.apply(type, object, { fieldManager, force: true });
  if (object.status === undefined) return applied;
  const body = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { name: object.metadata.name },
    status: object.status,
  };
  return await client.apply(type, body as KubeObject, { fieldManager, force: true, subresource: "status" });
}
