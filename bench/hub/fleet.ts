import {
  apiVersion,
  fieldManagers,
  hostClusters,
  labels,
  type NestedClusterStatus,
  nestedClusters,
  placementFinalizer,
} from "@inkube/api";
import { type Client, type ClusterConfig, createClient, type KubeObject, resources } from "@inkube/kube";

/** How many there are of what. */
export interface FleetSize {
  clusters: number;
  hosts: number;
  projects: number;
  /** Values of the label `team`. */
  teams: number;
}

/** The fleet of the issue, or a smaller one of the same shape. */
export function fleetSize(clusters: number): FleetSize {
  const share = Math.min(1, clusters / 10_000);
  const part = (whole: number): number => Math.max(4, Math.round(whole * share));
  return { clusters, hosts: part(300), projects: part(100), teams: part(50) };
}

/** Objects that are written at the same time while the fleet is made. */
const parallel = 32;
const since = "2026-01-01T00:00:00Z";

export const hostNames = ({ hosts }: FleetSize): string[] => range(hosts).map((index) => `host-${index}`);

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

export type ReportedPhase = "Ready" | "Degraded";

/** How a nested cluster is at first: one in twenty is not well. */
export function reportedPhase(name: string): ReportedPhase {
  return Number(name.split("-")[1]) % 20 === 0 ? "Degraded" : "Ready";
}

/** What a host says of a nested cluster that is well, or that is not. */
export function statusOf(name: string, project: string, phase: ReportedPhase): NestedClusterStatus {
  const ready = phase === "Ready";
  const condition = (type: string, good: boolean, message: string) => ({
    type,
    status: good ? ("True" as const) : ("False" as const),
    reason: good ? type : `Not${type}`,
    message,
    lastTransitionTime: since,
    observedGeneration: 1,
  });
  return {
    phase,
    namespace: `inkube-${project}-${name}`,
    distro: "k8s",
    version: "v1.34.4",
    // Of a type that nobody outside the host asks at: there is nothing to be found.
    endpoint: { type: "ClusterIP", url: `https://${name}.${project}.example.test:443` },
    observedGeneration: 1,
    conditions: [
      condition("Ready", ready, ready ? "Everything runs." : "The control plane restarts again and again."),
      condition("ControlPlaneReady", ready, "The API server answers."),
      condition("EndpointReachable", true, "The endpoint answers with the right certificate."),
      condition("NamespaceReady", true, "The host namespace is there, with quota and policies."),
      condition("Synced", true, "Objects are in step."),
    ],
    syncer: { objects: 120, pods: 14 },
  };
}

/** A client of the administrator whom admission lets pass, as it does Inkube's own programs; close it. */
export function fleetMaker(config: ClusterConfig): Client {
  const impersonate = { user: "system:serviceaccount:inkube-system:bench", groups: ["system:masters"] };
  return createClient({ ...config, impersonate, connections: parallel });
}

/** Makes the hosts, as if they had just been imported. */
export async function makeHosts(client: Client, size: FleetSize): Promise<void> {
  await eachOf(hostNames(size), (name) =>
    client.create(hostClusters, {
      apiVersion,
      kind: hostClusters.kind,
      metadata: { name },
      spec: { nesting: true, endpoint: { type: "ClusterIP" } },
    }),
  );
}

/** Makes the nested clusters, placed: their hosts have not spoken of them yet. */
export async function makeClusters(client: Client, size: FleetSize): Promise<void> {
  await eachOf(range(size.projects), (index) =>
    client.create(resources.namespaces, {
      metadata: { name: `project-${index}`, labels: { [labels.isProject]: "true" } },
    }),
  );
  await eachOf(range(size.clusters), async (index) => {
    const [name, namespace] = [`cluster-${index}`, `project-${index % size.projects}`];
    await client.create(nestedClusters, clusterObject(name, namespace, index, size));
    const placed = {
      type: "Placed",
      status: "True",
      reason: "Placed",
      message: "It has a place.",
      lastTransitionTime: since,
    };
    const status = { host: `host-${index % size.hosts}`, conditions: [placed] };
    const object = { apiVersion, kind: nestedClusters.kind, metadata: { name, namespace }, status };
    const written = { fieldManager: fieldManagers.hub, force: true, subresource: "status" as const };
    await client.apply(nestedClusters, object, written);
  });
}

function clusterObject(name: string, namespace: string, index: number, { teams }: FleetSize): KubeObject {
  return {
    apiVersion,
    kind: nestedClusters.kind,
    metadata: {
      name,
      namespace,
      labels: { team: `team-${index % teams}`, tier: ["dev", "test", "live"][index % 3] ?? "dev" },
      finalizers: [placementFinalizer],
    },
    spec: { size: { cpu: "4", memory: "8Gi", storage: "20Gi" }, distro: "k8s", version: "v1.34.4" },
  };
}

/** Runs `work` on every item, so many at a time. */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<unknown>, atOnce = parallel) {
  const todo = items.values();
  const worker = async (): Promise<void> => {
    for (const item of todo) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
