import { apiVersion, crds, hostClusters, names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { identities, readOnlyIdentities } from "./identities.ts";
import type { HubOptions, InstallOptions } from "./options.ts";
import { agentDeployment, syncerDeployment, syncerService } from "./programs.ts";

export type { HubOptions, InstallOptions } from "./options.ts";

/**
 * Everything that makes a cluster a host, in the order in which it is applied: definitions first, as the HostCluster needs
 * them, and the programs last. Pure; applying it again changes nothing. For a host that joins a hub there is no HostCluster:
 * its agent brings it, as the hub wants it. For one on which the agent may only look there is nothing but the agent.
 */
export async function installManifests(options: InstallOptions): Promise<KubeObject[]> {
  const { hub, access = "full" } = options;
  const connection = hub ? [hubConnectionSecret(hub)] : [];
  if (access === "read-only") {
    return [systemNamespace, priorityClass, ...readOnlyIdentities(), ...connection, agentDeployment(options)];
  }
  return [
    ...(await crds()),
    systemNamespace,
    priorityClass,
    ...identities({ joinsHub: hub !== undefined }),
    syncerService(),
    ...(hub ? [] : [localHost(options)]),
    ...connection,
    agentDeployment(options),
    syncerDeployment(options),
  ];
}

/** Where the agent finds its hub. */
function hubConnectionSecret({ url, token, ca, proxy }: HubOptions): KubeObject {
  const { httpsProxy, ca: proxyCa } = proxy ?? {};

  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: names.hubConnectionSecret, namespace: names.systemNamespace },
    stringData: {
      url,
      token,
      mode: "mirror",
      ...(ca && { "ca.crt": ca }),
      ...(httpsProxy && { "https-proxy": httpsProxy }),
      ...(proxyCa && { "proxy-ca.crt": proxyCa }),
    },
  };
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
