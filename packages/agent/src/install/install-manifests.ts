import { apiVersion, crds, hostClusters, names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { identities } from "./identities.ts";
import type { InstallOptions } from "./options.ts";
import { agentDeployment, syncerDeployment, syncerService } from "./programs.ts";

export type { InstallOptions } from "./options.ts";

/**
 * Everything that makes a cluster a host, in the order in which it is applied: definitions first, as the HostCluster needs
 * them, and the programs last. Pure; applying it again changes nothing.
 */
export async function installManifests(options: InstallOptions): Promise<KubeObject[]> {
  return [
    ...(await crds()),
    systemNamespace,
    priorityClass,
    ...identities(),
    syncerService(),
    localHost(options),
    agentDeployment(options),
    syncerDeployment(options),
  ];
}

const systemNamespace: KubeObject = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: {
    name: names.systemNamespace,
    labels: {
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/enforce-version": "latest",
    },
  },
};

const priorityClass: KubeObject = {
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  metadata: { name: names.priorityClass },
  // Above every ordinary workload, below what the host itself runs on.
  value: 1_000_000_000,
  globalDefault: false,
  description: "Control planes of nested clusters and the programs that serve them.",
};

function localHost(options: InstallOptions): KubeObject {
  const { defaultDistro, defaultVersion, endpointType, endpointAddresses, images, serviceCIDR } = options;
  return {
    apiVersion,
    kind: hostClusters.kind,
    metadata: { name: names.localHost },
    spec: {
      nesting: true,
      defaultDistro,
      defaultVersion,
      endpoint: {
        type: endpointType ?? "ClusterIP",
        ...(endpointAddresses && endpointAddresses.length > 0 && { addresses: [...endpointAddresses] }),
      },
      ...(images && { images }),
      ...(serviceCIDR !== undefined && { serviceCIDR }),
    },
  };
}
