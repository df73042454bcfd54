import { defaultVersion, type EndpointType, type HostClusterSpec, names } from "@inkube/api";
import type { HostFacts } from "@inkube/controlplane";
import type { KubeObject, WatchCache } from "@inkube/kube";
import { type HostNode, nodeAddresses, podRanges } from "./host-node.ts";

/** What the agent knows of its host when it makes a control plane. */
export interface HostView {
  facts: HostFacts;
  defaults: Pick<HostClusterSpec, "defaultDistro" | "defaultVersion" | "images">;
  endpoint: { type: EndpointType; addresses: readonly string[] };
}

export interface HostViewSources {
  hostClusters: WatchCache;
  nodes: WatchCache<HostNode>;
  /** Looks up what no cache holds; keeps the answer for a while. */
  serviceCIDR: () => Promise<string>;
  syncerClusterIP: () => Promise<string>;
  programImage: string;
  programPullPolicy?: string;
}

/** Reads the host's state from caches; the slow look-ups are remembered by their sources. Throws AppError or KubeError. */
export async function readHostView(sources: HostViewSources): Promise<HostView> {
  const spec = hostSpec(sources.hostClusters.get(names.localHost));
  const nodes = [...sources.nodes.list()];
  const [serviceCIDR, syncerClusterIP] = await Promise.all([
    spec.serviceCIDR ?? sources.serviceCIDR(),
    sources.syncerClusterIP(),
  ]);
  const addresses = spec.endpoint?.addresses ?? [];
  return {
    facts: {
      serviceCIDR,
      syncerClusterIP,
      podCIDRs: podRanges(nodes),
      programImage: sources.programImage,
      ...(sources.programPullPolicy !== undefined && { programPullPolicy: sources.programPullPolicy }),
    },
    defaults: {
      defaultDistro: spec.defaultDistro ?? "k3s",
      defaultVersion: spec.defaultVersion ?? defaultVersion,
      images: spec.images,
    },
    endpoint: {
      type: spec.endpoint?.type ?? "ClusterIP",
      addresses: addresses.length > 0 ? addresses : nodeAddresses(nodes),
    },
  };
}

function hostSpec(object: KubeObject | undefined): Partial<HostClusterSpec> {
  return (object?.spec ?? {}) as Partial<HostClusterSpec>;
}
