import { labels, managedBy, names, ports } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { ControlPlaneInput, HostFacts } from "./input.ts";
import { controlPlaneSelector, owned } from "./object-labels.ts";

/** Private, shared and link-local ranges: where hosts, other tenants and the cloud's metadata service (169.254.169.254) live. */
const notTheInternet = {
  v4: ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  v6: ["fc00::/7", "fe80::/10"],
} as const;

const ownPods = { podSelector: {} };
const systemPods = namespace({ "kubernetes.io/metadata.name": names.systemNamespace });
/** Namespaces of the host that are not those of nested clusters: ingress controllers, monitoring, our own programs. */
const hostPods = {
  namespaceSelector: { matchExpressions: [{ key: labels.clusterUid, operator: "DoesNotExist" }] },
};
const hostDns = {
  ...namespace({ "kubernetes.io/metadata.name": "kube-system" }),
  podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
};
const dnsPorts = [
  { protocol: "UDP", port: 53 },
  { protocol: "TCP", port: 53 },
];

/**
 * Pods of the nested cluster: they talk to each other, to their own API server, to name servers and to the internet; they
 * are reached by each other, by the host's own namespaces and from outside, and never meet another nested cluster.
 */
export function workloadsPolicy({ cluster, host }: ControlPlaneInput): KubeObject {
  return owned(cluster, {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    name: names.workloadsPolicy,
    spec: {
      podSelector: { matchLabels: { [labels.managedBy]: managedBy.syncer } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [ownPods, hostPods, ...outsideSources(host)] }],
      egress: [
        { to: [ownPods] },
        { to: [hostDns], ports: dnsPorts },
        { to: anywhereBut(podRanges(host), metadataService), ports: dnsPorts },
        { to: internet(host) },
      ],
    },
  });
}

/** The control plane: reached on its API port only, by monitoring also where a dedicated syncer tells its metrics; it dials nothing but the tunnel. */
export function controlPlanePolicy({ cluster, host, spec }: ControlPlaneInput): KubeObject {
  // A dedicated syncer dials the host's API, whose address no policy can name, and the pods of its cluster.
  const dedicated = spec.syncer === "dedicated";
  return owned(cluster, {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    name: names.controlPlanePolicy,
    spec: {
      podSelector: { matchLabels: controlPlaneSelector },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [ownPods, hostPods, ...outsideSources(host)], ports: [{ protocol: "TCP", port: ports.api }] },
        ...(dedicated ? [{ from: [hostPods], ports: [{ protocol: "TCP", port: ports.syncerMetrics }] }] : []),
      ],
      egress: dedicated ? [{}] : [{ to: [systemPods], ports: [{ protocol: "TCP", port: ports.syncerTunnel }] }],
    },
  });
}

const metadataService = ["169.254.169.254/32"];

/** Node ports and load balancers bring outside addresses, and those of nodes; other tenants' pods come with pod addresses. */
function outsideSources(host: HostFacts): object[] {
  return anywhereBut(podRanges(host));
}

function internet(host: HostFacts): object[] {
  const closed = [...notTheInternet.v4, ...notTheInternet.v6];
  return anywhereBut([...closed, ...podRanges(host), ...host.serviceCIDR.split(",")]);
}

function podRanges(host: HostFacts): string[] {
  return [...(host.podCIDRs ?? [])];
}

/** Every address except the ranges; `except` must be of the same family as its block. */
function anywhereBut(...ranges: string[][]): object[] {
  const closed = [...new Set(ranges.flat())];
  return [
    ipBlock(
      "0.0.0.0/0",
      closed.filter((range) => !range.includes(":")),
    ),
    ipBlock(
      "::/0",
      closed.filter((range) => range.includes(":")),
    ),
  ];
}

function ipBlock(cidr: string, except: string[]): object {
  return { ipBlock: except.length > 0 ? { cidr, except } : { cidr } };
}

function namespace(matchLabels: Record<string, string>): { namespaceSelector: object } {
  return { namespaceSelector: { matchLabels } };
}
