import type { Client, KubeObject } from "@inkube/kube";
import type { ClusterView } from "../cluster-view.ts";
import { ensureHostService } from "./ensure-service.ts";
import type { HostHalf } from "./host-half.ts";
import { addressIndex, type NestedHalf, nodeIndex } from "./nested-half.ts";
import { ownerOf } from "./ownership.ts";
import type { Session } from "./session.ts";

/** What the tunnel, the kubelet endpoint, admission and bootstrap see of one nested cluster. */
export function createView(parts: {
  session: Session;
  nested: NestedHalf;
  host: HostHalf;
  hostClient: Client;
}): ClusterView {
  const { session, nested, hostClient } = parts;
  const { identity, context } = session.state;

  const hostPodOf = (namespace: string, name: string): KubeObject | undefined => {
    const pod = nested.side("pods").get(name, namespace);
    const host = parts.host.side("pods").get(context.hostName(name, namespace), identity.hostNamespace);
    const owner = host && ownerOf(host, identity, "Pod");
    return pod && owner?.uid === pod.metadata.uid ? host : undefined;
  };

  return {
    identity,
    host: hostClient,
    nested: nested.client,
    hostPodOf,
    podsOnNode(node) {
      return nested
        .side("pods")
        .cache.byIndex(nodeIndex, node)
        .flatMap((pod) => {
          const host = hostPodOf(pod.metadata.namespace ?? "", pod.metadata.name);
          return host ? [{ nested: pod, host }] : [];
        });
    },
    nodeByAddress: (ip) => nested.cache("nodes")?.byIndex(addressIndex, ip)[0],
    ownsAddress: (ip) =>
      ["services", "pods"].some((kind) =>
        ownsOnHost(parts, kind, nested.side(kind).cache.byIndex(addressIndex, ip), ip),
      ),
    ensureHostService: (service, options) => ensureHostService(session, hostClient, service, options),
  };
}

/**
 * Whether one of these nested objects has the address on the host too: what a tenant writes into a nested status or spec
 * is a claim, only the host's own object proves it.
 */
function ownsOnHost(
  parts: { session: Session; host: HostHalf },
  kind: string,
  candidates: KubeObject[],
  ip: string,
): boolean {
  const { identity, context } = parts.session.state;
  const side = parts.host.side(kind);
  return candidates.some(({ metadata }) => {
    const host = side.get(context.hostName(metadata.name, metadata.namespace ?? ""), identity.hostNamespace);
    if (!host || ownerOf(host, identity, side.type.kind)?.uid !== metadata.uid) return false;
    const { clusterIPs, hostNetwork } = (host.spec ?? {}) as { clusterIPs?: string[]; hostNetwork?: boolean };
    const { podIPs } = (host.status ?? {}) as { podIPs?: { ip?: string }[] };
    return clusterIPs?.includes(ip) === true || (!hostNetwork && podIPs?.some((entry) => entry.ip === ip) === true);
  });
}
