import { clusterGroups, hostClusters, names, nestedClusters } from "@inkube/api";
import { type Client, isKubeError, type ResourceType, resources } from "@inkube/kube";

/** One object outside of the programs' namespace that an installation consists of. */
interface Part {
  type: ResourceType;
  name: string;
}

/** ClusterRoles and their bindings, the agent's own last: with it its rights end. */
const roleNames = [names.syncerNamespaceRole, names.syncerDedicatedRole, names.syncer, names.agent];

/** What an installation adds to a cluster outside of its own namespace. */
export const clusterWideParts: readonly Part[] = [
  ...[nestedClusters, hostClusters, clusterGroups].map((type) => ({
    type: resources.customresourcedefinitions,
    name: `${type.plural}.${type.group}`,
  })),
  { type: resources.priorityclasses, name: names.priorityClass },
  { type: resources.namespaces, name: names.systemNamespace },
  ...roleNames.map((name) => ({ type: resources.clusterroles, name })),
  ...roleNames.map((name) => ({ type: resources.clusterrolebindings, name })),
];

/**
 * Takes Inkube off a host that the hub removes: its namespace, definitions, roles. Workloads of the cluster are not touched, and
 * the hub asks for it only when there are no nested clusters. `last` runs when all but the agent's own rights is gone.
 */
export async function uninstall(client: Client, last: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const ownRights = (part: Part): boolean =>
    part.name === names.agent && part.type.group === resources.clusterroles.group;
  for (const part of clusterWideParts) {
    if (!ownRights(part)) await remove(client, part, signal);
  }
  await last();
  for (const part of clusterWideParts.filter(ownRights).reverse()) await remove(client, part, signal);
}

async function remove(client: Client, { type, name }: Part, signal: AbortSignal): Promise<void> {
  await client.delete(type, { name }, { propagation: "Background", signal }).catch((error: unknown) => {
    // A host without the definitions was imported for looking only; what it never had needs no right to be removed.
    if (!isKubeError(error, "forbidden", "notFound")) throw error;
  });
}
