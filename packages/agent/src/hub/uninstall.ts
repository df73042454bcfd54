import { clusterGroups, hostClusters, names, nestedClusters } from "@inkube/api";
import { type Client, isKubeError, type ResourceType, resources } from "@inkube/kube";
import { removeMetricsServer } from "../metrics-server/keep-metrics-server.ts";

/** One object that an installation consists of; of the programs' namespace when it has one and names none. */
export interface Part {
  type: ResourceType;
  name: string;
  namespace?: string;
}

/** ClusterRoles and their bindings, the agent's own last: with it its rights end. */
const roleNames = [
  names.syncerNamespaceRole,
  names.syncerDedicatedRole,
  names.syncer,
  names.metricsServer,
  names.metricsApiRole,
  names.agent,
];

/** By what the metrics server knows its callers. */
const metricsServerBindings: readonly Part[] = [
  { type: resources.clusterrolebindings, name: names.metricsServerAuth },
  { type: resources.rolebindings, name: names.metricsServerAuth, namespace: "kube-system" },
];

/** What the metrics server has outside of the programs' namespace; last the right to take away what leads to it. */
export const metricsServerParts: readonly Part[] = [
  ...metricsServerBindings,
  { type: resources.clusterrolebindings, name: names.metricsServer },
  { type: resources.clusterroles, name: names.metricsServer },
  { type: resources.clusterrolebindings, name: names.metricsApiRole },
  { type: resources.clusterroles, name: names.metricsApiRole },
];

/** What an installation adds to a cluster outside of its own namespace. */
export const clusterWideParts: readonly Part[] = [
  ...[nestedClusters, hostClusters, clusterGroups].map((type) => ({
    type: resources.customresourcedefinitions,
    name: `${type.plural}.${type.group}`,
  })),
  { type: resources.priorityclasses, name: names.priorityClass },
  { type: resources.namespaces, name: names.systemNamespace },
  ...metricsServerBindings,
  ...roleNames.map((name) => ({ type: resources.clusterroles, name })),
  ...roleNames.map((name) => ({ type: resources.clusterrolebindings, name })),
];

/** The agent's own rights: they must outlast everything else. */
export const ownRights: readonly Part[] = clusterWideParts.filter(
  ({ type, name }) => name === names.agent && type.group === resources.clusterroles.group,
);

/**
 * Takes Inkube off a host that the hub removes: its namespace, definitions, roles. Workloads of the cluster are not touched, and
 * the hub asks for it only when there are no nested clusters. `last` runs when only the namespace, in which this program runs
 * itself, and its own rights are left; the cluster's garbage collector takes the rights when the namespace is gone.
 */
export async function uninstall(client: Client, last: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const home = clusterWideParts.find(({ type }) => type === resources.namespaces);
  const namespace = home && (await client.get(home.type, { name: home.name }, { signal }));
  const { name = "", uid = "" } = namespace?.metadata ?? {};
  const ownerReferences = [{ apiVersion: "v1", kind: "Namespace", name, uid }];
  for (const { type, name: role } of ownRights) {
    await client.patch(type, { name: role }, { metadata: { ownerReferences } }, { type: "merge", signal });
  }
  await removeMetricsServer(client, signal).catch(unlessNotOurs);
  for (const part of clusterWideParts) {
    if (part !== home && !ownRights.includes(part)) await remove(client, part, signal);
  }
  await last();
  if (home) await remove(client, home, signal);
}

async function remove(client: Client, { type, ...ref }: Part, signal: AbortSignal): Promise<void> {
  await client.delete(type, ref, { propagation: "Background", signal }).catch(unlessNotOurs);
}

/** A host without the definitions was imported for looking only; what it never had needs no right to be removed. */
export function unlessNotOurs(error: unknown): void {
  if (!isKubeError(error, "forbidden", "notFound")) throw error;
}
