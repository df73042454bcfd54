import { defaultVersion, type EndpointType, type HostClusterSpec, names, ports } from "@inkube/api";
import type { EndpointPolicy, HostFacts } from "@inkube/controlplane";
import type { KubeObject, WatchCache } from "@inkube/kube";
import { type HostNode, nodeAddresses, podRanges } from "./host-node.ts";

/** A host's policy with what it leaves open filled in: ClusterIP, and the addresses of its nodes. */
export type HostEndpoint = EndpointPolicy & { type: EndpointType; addresses: string[] };

/** What the agent knows of its host when it makes a control plane. */
export interface HostView {
  facts: HostFacts;
  defaults: Pick<HostClusterSpec, "defaultDistro" | "defaultVersion" | "images">;
  endpoint: HostEndpoint;
  /** Whether nested clusters may be created; true where nothing says otherwise. */
  nesting: boolean;
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
    endpoint: hostEndpoint(spec.endpoint, nodes),
    nesting: spec.nesting ?? true,
  };
}

function hostEndpoint(policy: Partial<EndpointPolicy> | undefined, nodes: readonly HostNode[]): HostEndpoint {
  const { type = "ClusterIP", addresses = [], ...rest } = policy ?? {};
  return {
    port: ports.apiService,
    ingress: { controller: "nginx" },
    loadBalancer: {},
    ...rest,
    type,
    addresses: addresses.length > 0 ? addresses : nodeAddresses(nodes),
  };
}

function hostSpec(object: KubeObject | undefined): Partial<HostClusterSpec> {
  return (object?.spec ?? {}) as Partial<HostClusterSpec>;
}
