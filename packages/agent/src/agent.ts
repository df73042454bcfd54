import { hostClusters, labels, type NestedCluster, names, nestedClusters } from "@inkube/api";
import { controlPlaneSelector } from "@inkube/controlplane";
import {
  type Client,
  type Clock,
  type Controller,
  changedObject,
  createController,
  type KubeObject,
  type Logger,
  resources,
  sourceOf,
  type WatchCache,
} from "@inkube/kube";
import {
  type HostClusterDependencies,
  heartbeatMs,
  hostFacts,
  reconcileHostCluster,
  toldConditions,
} from "./controllers/host-cluster/host-cluster.ts";
import { createWildcardLook } from "./controllers/host-cluster/wildcard-look.ts";
import { createInternalCaKeeper, type InternalCa } from "./controllers/internal-ca/internal-ca.ts";
import { createNestedClusterController } from "./controllers/nested-cluster/controller.ts";
import { createFirstSeen } from "./controllers/nested-cluster/exposure/first-seen.ts";
import { watchLostSecrets } from "./controllers/nested-cluster/lost-secrets.ts";
import { createOwnWrites } from "./controllers/nested-cluster/own-writes.ts";
import { createEventRecorder } from "./events/event-recorder.ts";
import { type HostNode, toHostNode } from "./host/host-node.ts";
import { hostVersion } from "./host/host-version.ts";
import { readHostView } from "./host/host-view.ts";
import { metricsApi } from "./host/metrics-api.ts";
import { remembered } from "./host/remembered.ts";
import { createServedTypes, type ServedTypes } from "./host/served-types.ts";
import { findServiceCIDR } from "./host/service-cidr.ts";
import { createAgentHub } from "./hub/agent-hub.ts";
import type { ProxySettings } from "./hub/proxy-settings.ts";
import { createMetricsServerController } from "./metrics-server/controller.ts";
import { createApplier } from "./objects/applier.ts";
import { createExtensionObjects } from "./objects/extension-objects.ts";
import { cacheOf, createOwnedCaches, type OwnedCaches } from "./objects/owned-caches.ts";
import { createLookup, type Lookup } from "./probe/lookup.ts";
import type { ProbeEndpoint } from "./probe/probe-endpoint.ts";

export interface AgentOptions {
  client: Client;
  clock: Clock;
  /** Uniform in [0,1). */
  random: () => number;
  logger: Logger;
  probe: ProbeEndpoint;
  /** Name servers, `address` or `address:port`, that are asked for endpoints' names; the machine's own when absent. */
  dnsServers?: readonly string[];
  /** Image of Inkube's programs, for dedicated syncers. */
  programImage: string;
  programPullPolicy?: string;
  /** The way to hubs is direct when absent. */
  proxy?: ProxySettings;
}

/** The host's controllers. */
export interface Agent {
  start(): void;
  stop(): Promise<void>;
  /** True when every cache is a complete copy. */
  readonly synced: boolean;
  readonly controllers: Readonly<Record<string, Controller>>;
}

interface Parts {
  clusters: WatchCache;
  hosts: WatchCache;
  nodes: WatchCache<HostNode>;
  pods: WatchCache;
  ingressClasses: WatchCache;
  owned: OwnedCaches;
  internalCa: InternalCa;
  served: ServedTypes;
  lookup: Lookup;
}

/** Serving certificates are looked at this often; a change of their Secrets is seen at once. */
const certificateLookMs = 6 * 60 * 60_000;

/** Wires the controllers of one host. Nothing runs before `start`. */
export function createAgent(options: AgentOptions): Agent {
  const parts = createParts(options);
  const look = hostLook(options, parts);
  const hub = createAgentHub({
    ...options,
    clusters: parts.clusters,
    version: look.version,
    hostStatus: async () => ({
      ...(await hostFacts({ nodes: parts.nodes, ...look })),
      ...toldConditions(parts.hosts.get(names.localHost)),
    }),
  });
  const caches: { start(): void; stop(): Promise<void>; synced: boolean }[] = [
    parts.clusters,
    parts.hosts,
    parts.nodes,
    parts.pods,
    parts.ingressClasses,
    ...Object.values(parts.owned),
    hub,
  ];
  const ours = {
    hubConnection: hub.connection,
    isOurs: (cluster: KubeObject): boolean => hub.mode !== "local" || placedOn(cluster) === names.localHost,
    isImported: () => hub.mode === "mirror",
  };
  const controllers = createControllers(options, parts, look, ours);
  return {
    controllers,
    get synced() {
      return caches.every((cache) => cache.synced);
    },
    start() {
      for (const cache of caches) cache.start();
      for (const controller of Object.values(controllers)) controller.start();
      controllers.certificates.add("tunnel");
      controllers.host.add(names.localHost);
    },
    async stop() {
      await Promise.all(Object.values(controllers).map((controller) => controller.stop()));
      await Promise.all(caches.map((cache) => cache.stop()));
    },
  };
}

/** Where the hub placed it. */
function placedOn(cluster: KubeObject): string | undefined {
  return (cluster.status as NestedCluster["status"])?.host;
}

type HostLook = Pick<HostClusterDependencies, "version" | "serviceCIDR" | "metrics" | "access" | "wildcardDNS">;

/** Slow looks at the host, remembered for a while. */
function hostLook({ client, clock }: AgentOptions, { owned, served, lookup }: Parts): HostLook {
  return {
    version: remembered(() => hostVersion(client), heartbeatMs, clock),
    serviceCIDR: remembered(() => findServiceCIDR(client, names.systemNamespace), heartbeatMs, clock),
    metrics: remembered(() => metricsApi(client), heartbeatMs, clock),
    access: "full",
    wildcardDNS: createWildcardLook({ client, clock, served, lookup, ingresses: owned.Ingress }),
  };
}

function createParts(options: AgentOptions): Parts {
  const selector = Object.entries(controlPlaneSelector).map(([key, value]) => `${key}=${value}`);
  return {
    clusters: cacheOf(options, nestedClusters),
    hosts: cacheOf(options, hostClusters),
    nodes: cacheOf<HostNode>(options, resources.nodes, { transform: toHostNode }),
    pods: cacheOf(options, resources.pods, { labelSelector: [...selector, labels.cluster].join(",") }),
    ingressClasses: cacheOf(options, resources.ingressclasses),
    owned: createOwnedCaches(options),
    internalCa: createInternalCaKeeper(options),
    served: createServedTypes(options.client, options.clock),
    lookup: createLookup(options.dnsServers),
  };
}

function createControllers(
  options: AgentOptions,
  parts: Parts,
  look: HostLook,
  {
    isImported,
    ...ours
  }: { hubConnection: WatchCache; isOurs: (cluster: KubeObject) => boolean; isImported: () => boolean },
): Record<"clusters" | "host" | "certificates" | "metricsServer", Controller> {
  const { client, clock, logger, probe, programImage, programPullPolicy } = options;
  const { clusters, hosts, nodes, pods, ingressClasses, owned, internalCa, served, lookup } = parts;
  const once = <T>(fetch: () => Promise<T>): (() => Promise<T>) => remembered(fetch, heartbeatMs, clock);
  const sources = {
    hostClusters: hosts,
    nodes,
    serviceCIDR: look.serviceCIDR,
    syncerClusterIP: once(() => internalCa.syncerClusterIP()),
    programImage,
    ...(programPullPolicy !== undefined && { programPullPolicy }),
  };
  const host = { client, clock, hostClusters: hosts, nodes, ...look };
  return {
    clusters: createNestedClusterController({
      client,
      clock,
      logger,
      clusters,
      pods,
      owned,
      internalCa,
      probe,
      ...ours,
      lookup,
      ingressClasses,
      extensions: createExtensionObjects(client, served),
      firstSeen: createFirstSeen(),
      hostClusters: hosts,
      applier: createApplier(client, owned),
      lost: watchLostSecrets(owned.Secret),
      ownWrites: createOwnWrites(),
      events: createEventRecorder({ client, clock, logger }),
      hostView: () => readHostView(sources),
    }),
    host: createController({
      name: "host-cluster",
      sources: [
        sourceOf(hosts, (change) => (change.type === "deleted" ? [] : [names.localHost])),
        sourceOf(nodes, () => [names.localHost], "low"),
      ],
      reconcile: (_key, { signal }) => reconcileHostCluster(host, signal),
      clock,
      logger,
    }),
    metricsServer: createMetricsServerController({
      ...{ client, clock, logger, isImported },
      hostClusters: hosts,
      hubConnection: ours.hubConnection,
    }),
    certificates: createController({
      name: "certificates",
      sources: [sourceOf(owned.Secret, (change) => tunnelSecret(changedObject(change)))],
      reconcile: async (_key, { signal }) => {
        internalCa.forget();
        await internalCa.ensureServing(signal);
        return { after: certificateLookMs };
      },
      clock,
      logger,
    }),
  };
}

function tunnelSecret({ metadata }: { metadata: { name: string; namespace?: string } }): string[] {
  const ours: readonly string[] = [names.internalCaSecret, names.syncerTlsSecret];
  return metadata.namespace === names.systemNamespace && ours.includes(metadata.name) ? ["tunnel"] : [];
}
