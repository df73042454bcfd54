import { hostClusters, labels, managedBy, names, nestedClusters } from "@inkube/api";
import { controlPlaneSelector } from "@inkube/controlplane";
import {
  type Client,
  createClient,
  type KubeObject,
  type Outcome,
  resources,
  systemClock,
  type WatchCache,
} from "@inkube/kube";
import {
  collectingLogger,
  type FakeApiServer,
  FakeClock,
  seededRandom,
  startFakeApiServer,
} from "@inkube/kube/testing";
import { createInternalCaKeeper } from "../controllers/internal-ca/internal-ca.ts";
import { createFirstSeen } from "../controllers/nested-cluster/exposure/first-seen.ts";
import { watchLostSecrets } from "../controllers/nested-cluster/lost-secrets.ts";
import { createOwnWrites } from "../controllers/nested-cluster/own-writes.ts";
import { reconcileNestedCluster } from "../controllers/nested-cluster/reconcile.ts";
import { createEventRecorder } from "../events/event-recorder.ts";
import type { HostView } from "../host/host-view.ts";
import { createServedTypes } from "../host/served-types.ts";
import { createApplier } from "../objects/applier.ts";
import { createExtensionObjects } from "../objects/extension-objects.ts";
import { cacheOf, createOwnedCaches } from "../objects/owned-caches.ts";
import { ownedTypes } from "../objects/owned-types.ts";
import type { ProbeAnswer, ProbeRequest } from "../probe/probe-endpoint.ts";

/** A host in memory with the caches of an agent, whose reconciles the test starts by hand. */
export interface TestHost {
  readonly server: FakeApiServer;
  readonly client: Client;
  readonly clock: FakeClock;
  readonly log: ReturnType<typeof collectingLogger>;
  /** What answers wherever the API server is asked for; nothing as long as nobody says otherwise. */
  answer: ProbeAnswer;
  /** What answers at the endpoint's URL where that is not the same. */
  endpointAnswer?: ProbeAnswer;
  /** What was dialled. */
  readonly probed: ProbeRequest[];
  view: HostView;
  /** One reconcile of `team/<name>` with caches that have seen everything. */
  reconcile(name: string): Promise<Outcome>;
  createCluster(name: string, spec?: object): Promise<KubeObject>;
  cluster(name: string): KubeObject | undefined;
  [Symbol.asyncDispose](): Promise<void>;
}

const project = "team";
const types = {
  ...ownedTypes,
  NestedCluster: nestedClusters,
  Pod: resources.pods,
  IngressClass: resources.ingressclasses,
};
/** A connection that nobody took. */
export const unreachable: ProbeAnswer = { ready: false, failure: "unreachable", why: "ECONNREFUSED", addresses: [] };

/** Starts it; dispose of it with `await using`. Objects carry the machine's time, or with `stampedByTest` that of its clock. */
export async function startTestHost(options: { stampedByTest?: boolean } = {}): Promise<TestHost> {
  const clock = new FakeClock();
  // Its watches need time that passes by itself.
  const stamping = { now: () => clock.now(), sleep: systemClock.sleep };
  const server = await startFakeApiServer({
    namespaceController: true,
    random: seededRandom(1),
    ...(options.stampedByTest && { clock: stamping }),
  });
  server.register(nestedClusters);
  server.register(hostClusters);
  const client = createClient(server.config);
  const log = collectingLogger();
  // Watches run on the machine's clock; what the agent decides by time runs on the test's.
  const watching = { client, clock: systemClock, random: seededRandom(2), logger: log };
  const owned = createOwnedCaches(watching);
  const clusters = cacheOf(watching, nestedClusters);
  const pods = cacheOf(watching, resources.pods);
  const ingressClasses = cacheOf(watching, resources.ingressclasses);
  const lost = watchLostSecrets(owned.Secret);
  const ownWrites = createOwnWrites();
  const extensions = createExtensionObjects(client, createServedTypes(client, clock));
  const firstSeen = createFirstSeen();
  const caches: Record<string, WatchCache> = {
    ...owned,
    NestedCluster: clusters,
    Pod: pods,
    IngressClass: ingressClasses,
  };
  for (const cache of Object.values(caches)) cache.start();
  await Promise.all(Object.values(caches).map((cache) => cache.whenSynced()));
  await client.create(resources.services, syncerService);

  const host: TestHost = {
    server,
    client,
    clock,
    log,
    answer: unreachable,
    probed: [],
    view: defaultView(),
    async reconcile(name) {
      await caughtUp(server, caches);
      const dependencies = {
        client,
        clock,
        clusters,
        pods,
        owned,
        lost,
        ownWrites,
        events: createEventRecorder({ client, clock, logger: log }),
        applier: createApplier(client, owned),
        internalCa: createInternalCaKeeper({ client, clock, logger: log }),
        hostView: () => Promise.resolve(host.view),
        probe: async (request: ProbeRequest) => {
          host.probed.push(request);
          const isClusterIP = request.url.startsWith("https://10.96.");
          return isClusterIP ? host.answer : (host.endpointAnswer ?? host.answer);
        },
        lookup: () => Promise.resolve([]),
        ingressClasses,
        extensions,
        firstSeen,
      };
      const context = { signal: new AbortController().signal, logger: log };
      return reconcileNestedCluster(dependencies, `${project}/${name}`, context);
    },
    createCluster: (name, spec = {}) => client.create(nestedClusters, nestedCluster(name, spec)),
    cluster: (name) => server.object(nestedClusters, { namespace: project, name }),
    async [Symbol.asyncDispose]() {
      await Promise.all(Object.values(caches).map((cache) => cache.stop()));
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
  return host;
}

/** The pod that a StatefulSet's controller and a kubelet would have made, in the state that a test wants. */
export async function putPod(
  host: TestHost,
  namespace: string,
  status: object,
  containers: readonly string[] = [],
): Promise<void> {
  const ref = { namespace, name: names.controlPlanePod };
  const labelled = { ...controlPlaneSelector, [labels.managedBy]: managedBy.agent };
  if (!(await host.client.get(resources.pods, ref))) {
    const metadata = { ...ref, labels: labelled };
    const spec = { containers: containers.map((name) => ({ name, image: `image-of-${name}` })) };
    await host.client.create(resources.pods, { apiVersion: "v1", kind: "Pod", metadata, spec });
  }
  await host.client.patch(resources.pods, ref, { status }, { type: "merge", subresource: "status" });
}

/** Waits until every cache holds what the server holds. */
async function caughtUp(server: FakeApiServer, caches: Record<string, WatchCache>): Promise<void> {
  const versions = (objects: Iterable<KubeObject>): string =>
    [...objects]
      .map(({ metadata }) => `${metadata.uid}@${metadata.resourceVersion}`)
      .sort()
      .join();
  const behind = (): boolean =>
    Object.entries(types).some(([kind, type]) => {
      const stored = server
        .objects(type)
        .filter(({ metadata }) => !(kind in ownedTypes) || metadata.labels?.[labels.managedBy] === managedBy.agent);
      return versions(caches[kind]?.list() ?? []) !== versions(stored);
    });
  while (behind()) await new Promise((resolve) => setTimeout(resolve, 2));
}

function defaultView(): HostView {
  return {
    facts: {
      serviceCIDR: "10.96.0.0/16",
      podCIDRs: ["10.244.0.0/24"],
      syncerClusterIP: "10.96.0.77",
      programImage: "inkube:dev",
    },
    defaults: { defaultDistro: "k8s", defaultVersion: "v1.34.4", images: undefined },
    endpoint: {
      type: "ClusterIP",
      addresses: ["172.31.0.2"],
      port: 443,
      ingress: { controller: "nginx" },
      loadBalancer: {},
    },
    nesting: true,
  };
}

/** With the defaults that the real API server fills in. */
function nestedCluster(name: string, spec: object): KubeObject {
  return {
    apiVersion: "inkube.dev/v1alpha1",
    kind: "NestedCluster",
    metadata: { name, namespace: project },
    spec: {
      size: { cpu: "2", memory: "4Gi", storage: "10Gi", pods: 100 },
      datastore: { type: "sqlite", storage: { size: "1Gi" } },
      endpoint: { loadBalancer: { externalTrafficPolicy: "Cluster" } },
      syncer: "shared",
      podSecurity: "baseline",
      clusterDomain: "cluster.local",
      ...spec,
    },
  };
}

const syncerService: KubeObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: names.syncerService, namespace: names.systemNamespace },
  spec: { clusterIP: "10.96.0.77", ports: [{ port: 8443 }] },
};
