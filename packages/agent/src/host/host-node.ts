import { type KubeObject, parseQuantity } from "@inkube/kube";

/** What is kept in memory of a node of the host. */
export type HostNode = KubeObject & {
  ready: boolean;
  internalIPs: string[];
  podCIDRs: string[];
  allocatable: Record<string, string>;
};

/** For the node cache's `transform`. */
export function toHostNode(node: KubeObject): HostNode {
  const status = (node.status ?? {}) as {
    addresses?: { type: string; address: string }[];
    conditions?: { type: string; status: string }[];
    allocatable?: Record<string, string>;
  };
  const spec = (node.spec ?? {}) as { podCIDR?: string; podCIDRs?: string[] };
  const { name, uid, resourceVersion } = node.metadata;
  return {
    metadata: { name, ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) },
    ready: status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
    internalIPs: (status.addresses ?? []).filter(({ type }) => type === "InternalIP").map(({ address }) => address),
    podCIDRs: spec.podCIDRs ?? (spec.podCIDR ? [spec.podCIDR] : []),
    allocatable: status.allocatable ?? {},
  };
}

/** Enough addresses for clients and certificates of a large host. */
const maxAddresses = 16;

/** Addresses of ready nodes, then of the others, in a stable order. */
export function nodeAddresses(nodes: readonly HostNode[]): string[] {
  const byName = [...nodes].sort(
    (a, b) => Number(b.ready) - Number(a.ready) || (a.metadata.name < b.metadata.name ? -1 : 1),
  );
  return byName.flatMap((node) => node.internalIPs).slice(0, maxAddresses);
}

/** Ranges of pod addresses of all nodes, sorted. */
export function podRanges(nodes: readonly HostNode[]): string[] {
  return [...new Set(nodes.flatMap((node) => node.podCIDRs))].sort();
}

/** Sums of what the nodes can allocate, by resource, as canonical numbers of cores, bytes or pieces. */
export function capacity(nodes: readonly HostNode[]): Record<string, string> {
  const sums: Record<string, number> = {};
  for (const { allocatable } of nodes) {
    for (const resource of ["cpu", "memory", "pods", "ephemeral-storage"]) {
      const value = allocatable[resource];
      if (value !== undefined) sums[resource] = (sums[resource] ?? 0) + parseQuantity(value);
    }
  }
  return Object.fromEntries(Object.entries(sums).map(([resource, sum]) => [resource, inUnits(resource, sum)]));
}

function inUnits(resource: string, sum: number): string {
  if (resource === "cpu") return `${Math.round(sum * 1000)}m`;
  return resource === "pods" ? String(sum) : `${Math.floor(sum / 2 ** 20)}Mi`;
}
