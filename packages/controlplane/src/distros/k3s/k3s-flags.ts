import { ports } from "@inkube/api";
import { type DistroInput, type Flag, fileNames, paths } from "../distro.ts";
import { serviceAccountIssuer } from "../k8s/api-server-flags.ts";
import { commonControllerManagerFlags } from "../k8s/controller-manager-flags.ts";

/** A flag without a value. */
export const present = "";

/** Where k3s keeps its datastore and certificates. */
export const k3sDataDir = `${paths.data}/k3s`;

/** What `k3s server` is told, and why. Flags with an empty value stand alone. */
export function k3sFlags(input: DistroInput): Flag[] {
  return [
    { name: "disable-agent", value: present, why: "pods run on the host's nodes: no kubelet, no containerd" },
    { name: "data-dir", value: k3sDataDir, why: "the control plane's volume" },
    { name: "https-listen-port", value: String(ports.api), why: "the port behind the Service control-plane" },
    { name: "advertise-address", value: "$(POD_IP)", why: "found by a default route otherwise, which a host may lack" },
    { name: "service-cidr", value: input.serviceCIDR, why: "nested Services carry ClusterIPs that the host gave" },
    { name: "cluster-domain", value: input.clusterDomain, why: "names inside" },
    ...input.serverNames.map((name) => ({
      name: "tls-san",
      value: name,
      why: "k3s issues its own serving certificate",
    })),
    ...switchedOff,
    {
      name: "egress-selector-mode",
      value: "disabled",
      why: "its tunnels end at agents, of which there are none; ours is set below",
    },
    ...componentFlags("kube-apiserver-arg", apiServerFlags(input)),
    ...componentFlags("kube-controller-manager-arg", controllerManagerFlags),
  ];
}

/** The command line: a flag with an empty value stands alone. */
export function k3sArguments(input: DistroInput): string[] {
  return k3sFlags(input).map(({ name, value }) => (value === present ? `--${name}` : `--${name}=${value}`));
}

const switchedOff: readonly Flag[] = [
  ...["coredns", "servicelb", "traefik", "local-storage", "metrics-server"].map((name) => ({
    name: "disable",
    value: name,
    why: "the host, or the syncer's bootstrap, provides it",
  })),
  { name: "disable-scheduler", value: present, why: "the host schedules" },
  { name: "disable-cloud-controller", value: present, why: "nodes are copied from the host" },
  { name: "disable-kube-proxy", value: present, why: "the host routes Services" },
  { name: "disable-network-policy", value: present, why: "the host enforces policies" },
  { name: "disable-helm-controller", value: present, why: "nothing packaged is deployed" },
  { name: "flannel-backend", value: "none", why: "the host connects pods" },
];

function apiServerFlags({ clusterDomain }: DistroInput): Flag[] {
  const issuer = serviceAccountIssuer(clusterDomain);
  return [
    {
      name: "egress-selector-config-file",
      value: `${paths.egress}/${fileNames.egressSelector}`,
      why: "nodes, webhooks and aggregated APIs are reached through the syncer",
    },
    {
      name: "kubelet-preferred-address-types",
      value: "InternalIP",
      why: "the syncer answers at the true node addresses",
    },
    { name: "endpoint-reconciler-type", value: "none", why: "default/kubernetes is written by the syncer" },
    {
      name: "enable-aggregator-routing",
      value: "false",
      why: "admission is called through a Service of type ExternalName, which endpoint routing does not know",
    },
    { name: "service-account-issuer", value: issuer, why: "a name that only this cluster's own resolver answers" },
    {
      name: "service-account-jwks-uri",
      value: `${issuer}/openid/v1/jwks`,
      why: "discovery must name a URL that pods can open",
    },
    { name: "api-audiences", value: issuer, why: "k3s would add its own audience" },
    {
      name: "disable-admission-plugins",
      value: "TaintNodesByCondition",
      why: "no node controller would remove the taint",
    },
  ];
}

/** k3s sets the other common ones as it needs them. */
const controllerManagerFlags = commonControllerManagerFlags.filter(({ name }) => name !== "leader-elect");

function componentFlags(flag: string, flags: readonly Flag[]): Flag[] {
  return flags.map(({ name, value, why }) => ({ name: flag, value: `${name}=${value}`, why }));
}
