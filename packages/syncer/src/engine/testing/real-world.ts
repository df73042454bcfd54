import { crds, hostNamespace, names, nestedClusters } from "@inkube/api";
import {
  type Client,
  createClient,
  createWatchCache,
  type KubeObject,
  resources,
  serializeKubeconfig,
  systemClock,
} from "@inkube/kube";
import { collectingLogger, type RealApiServer, startRealApiServer } from "@inkube/kube/testing";
import { kinds, toNestedEvent } from "../../kinds/index.ts";
import { ClusterManager } from "../cluster-manager.ts";
import { FairSemaphore } from "../fair-semaphore.ts";
import { hostGate } from "../gates.ts";
import { Metrics } from "../metrics.ts";
import { SharedHost } from "../shared-host.ts";

const project = "team";
const name = "demo";
const node = "node-1";

/** Two real API servers, the syncer between them, and a stand-in for the host's scheduler and kubelet that answers at once. */
export interface RealWorld extends AsyncDisposable {
  host: Client;
  nested: Client;
  hostNamespace: string;
  metrics: Metrics;
  log: ReturnType<typeof collectingLogger>;
  condition(): Promise<{ status: string; reason: string } | undefined>;
}

/** Starts everything and resolves when the nested cluster is synced for the first time. */
export async function startRealWorld(): Promise<RealWorld> {
  await using parts = new AsyncDisposableStack();
  const [hostServer, nestedServer] = await Promise.all([startRealApiServer(), startRealApiServer()]);
  parts.use(hostServer);
  parts.use(nestedServer);
  const host = parts.adopt(createClient(hostServer.config), (client) => client.close());
  const nested = parts.adopt(createClient(nestedServer.config), (client) => client.close());
  const namespace = hostNamespace(project, name);
  const log = collectingLogger();
  const metrics = new Metrics();
  await furnishHost(host, nestedServer, namespace);
  parts.adopt(runNode(host, namespace), (node) => node.stop());
  parts.adopt(startManager(host, metrics, log), (manager) => manager.stop());
  const condition = async () => {
    const cluster = await host.get(nestedClusters, { namespace: project, name });
    const status = cluster?.status as { conditions?: { type: string; status: string; reason: string }[] } | undefined;
    return status?.conditions?.find(({ type }) => type === "Synced");
  };
  await eventually(async () => (await condition())?.reason === "InSync");
  const running = parts.move();
  const end = () => running.disposeAsync();
  return { host, nested, hostNamespace: namespace, metrics, log, condition, [Symbol.asyncDispose]: end };
}

/** Looks every few milliseconds until it is so; the test runner's own limit ends a wait in vain. */
export async function eventually(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await systemClock.sleep(5);
}

async function furnishHost(host: Client, nested: RealApiServer, namespace: string): Promise<void> {
  for (const crd of await crds()) await host.create(resources.customresourcedefinitions, crd as unknown as KubeObject);
  for (const each of [namespace, project]) await host.create(resources.namespaces, { metadata: { name: each } });
  const status = {
    addresses: [{ type: "InternalIP", address: "192.0.2.1" }],
    capacity: { cpu: "8", memory: "8Gi", pods: "500" },
    conditions: [{ type: "Ready", status: "True", reason: "Test", lastTransitionTime: new Date().toISOString() }],
  };
  await host.create(resources.nodes, { metadata: { name: node, labels: { disk: "fast" } } });
  await host.patch(resources.nodes, { name: node }, { status }, { type: "merge", subresource: "status" });
  await host.create(resources.serviceaccounts, { metadata: { name: names.workloadServiceAccount, namespace } });
  const ports = [{ name: "https", port: 443, targetPort: 6443 }];
  await host.create(resources.services, { metadata: { name: names.controlPlane, namespace }, spec: { ports } });
  const { server, ca = "", token = "", cert = "", key = "" } = nested.config;
  const fields = { server, ca, name: "nested", ...(token && { token }), ...(cert && { cert, key }) };
  const data = { kubeconfig: Buffer.from(serializeKubeconfig(fields)).toString("base64") };
  await host.create(resources.secrets, { metadata: { name: names.syncerKubeconfigSecret, namespace }, data });
  await eventually(() =>
    host.list(nestedClusters, { namespace: project }).then(
      () => true,
      () => false,
    ),
  );
  await host.create(nestedClusters, {
    apiVersion: "inkube.dev/v1alpha1",
    kind: nestedClusters.kind,
    metadata: { name, namespace: project },
    spec: {},
  });
  const body = { status: { namespace } };
  await host.patch(nestedClusters, { namespace: project, name }, body, { type: "merge", subresource: "status" });
}

function startManager(host: Client, metrics: Metrics, logger: ReturnType<typeof collectingLogger>): ClusterManager {
  const slots = new FairSemaphore(64);
  const clock = systemClock;
  const random = Math.random;
  const fromHost = kinds.filter((kind) => kind.direction === "fromHost");
  const gate = hostGate("shared", slots, metrics);
  const shared = new SharedHost({ client: host, kinds: fromHost, gate, clock, random, logger });
  const services = { hostClient: host, shared, kinds, translateEvent: toNestedEvent, connect: createClient };
  const manager = new ClusterManager({
    ...services,
    bootstrap: (view) => ({
      async run() {
        await view.nested.create(resources.serviceaccounts, { metadata: { name: "default", namespace: "default" } });
      },
      keep: async () => {},
      refresh: () => {},
    }),
    slots,
    metrics,
    clock,
    random,
    logger,
  });
  shared.start();
  manager.start();
  const stop = manager.stop.bind(manager);
  manager.stop = async () => {
    await stop();
    await shared.stop();
  };
  return manager;
}

/** Binds and runs every new pod of the namespace, and removes deleted ones. */
function runNode(client: Client, namespace: string) {
  const logger = collectingLogger();
  const options = { clock: systemClock, random: Math.random, logger };
  const pods = createWatchCache({ client, type: resources.pods, namespace, ...options });
  pods.onChange((change) => {
    if (change.type !== "deleted") void actOn(client, change.object).catch(() => {});
  });
  pods.start();
  return pods;
}

async function actOn(client: Client, pod: KubeObject): Promise<void> {
  const { name, namespace = "", uid } = pod.metadata;
  const ref = { name, namespace };
  if (pod.metadata.deletionTimestamp) await client.delete(resources.pods, ref, { gracePeriodSeconds: 0 });
  else if (!(pod.spec as { nodeName?: string }).nodeName) {
    const metadata = { name, namespace, ...(uid && { uid }) };
    const target = { apiVersion: "v1", kind: "Node", name: node };
    await client.createSubresource(resources.pods, ref, "binding", {
      apiVersion: "v1",
      kind: "Binding",
      metadata,
      target,
    });
  } else if ((pod.status as { phase?: string }).phase === "Pending") {
    const conditions = [{ type: "Ready", status: "True", lastTransitionTime: new Date().toISOString() }];
    const status = {
      phase: "Running",
      startTime: new Date().toISOString(),
      podIP: "10.1.0.1",
      podIPs: [{ ip: "10.1.0.1" }],
      conditions,
    };
    await client.patch(resources.pods, ref, { status }, { type: "strategic", subresource: "status" });
  }
}
