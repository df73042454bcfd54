import { ports } from "@inkube/api";
import { type DistroInput, type Flag, fileNames, paths } from "../distro.ts";
import { kineSocket } from "./kine-flags.ts";

const pki = (file: string): string => `${paths.pki}/${file}`;

/** What kube-apiserver is told, and why. `$(POD_IP)` is filled in by the kubelet. */
export function apiServerFlags({ serviceCIDR, clusterDomain }: DistroInput): Flag[] {
  const issuer = serviceAccountIssuer(clusterDomain);
  return [
    ...listening,
    ...storage,
    ...authentication,
    { name: "service-account-issuer", value: issuer, why: "a name that only this cluster's own resolver answers" },
    {
      name: "service-account-jwks-uri",
      value: `${issuer}/openid/v1/jwks`,
      why: "discovery must name a URL that pods can open; the default is a pod address",
    },
    {
      name: "api-audiences",
      value: issuer,
      why: "a token of one nested cluster is never taken by another's API by audience alone",
    },
    { name: "authorization-mode", value: "Node,RBAC", why: "as everywhere" },
    {
      name: "enable-admission-plugins",
      value: "NodeRestriction",
      why: "an identity of a node may change only that node",
    },
    {
      name: "disable-admission-plugins",
      value: "TaintNodesByCondition",
      why: "nodes are copies of the host's; a taint added here would never be removed, as no node controller runs",
    },
    {
      name: "allow-privileged",
      value: "true",
      why: "the host's Pod Security level decides, with a message that says so",
    },
    {
      name: "service-cluster-ip-range",
      value: serviceCIDR,
      why: "nested Services carry ClusterIPs that the host gave",
    },
    {
      name: "endpoint-reconciler-type",
      value: "none",
      why: "default/kubernetes is written by the syncer, which knows the host's ClusterIP",
    },
    ...reachingTheCluster,
    { name: "profiling", value: "false", why: "it shows memory of the process to whoever may read it" },
  ];
}

/** The issuer of ServiceAccount tokens inside. */
export function serviceAccountIssuer(clusterDomain: string): string {
  return `https://kubernetes.default.svc.${clusterDomain}`;
}

const listening: readonly Flag[] = [
  { name: "secure-port", value: String(ports.api), why: "the port behind the Service control-plane" },
  { name: "advertise-address", value: "$(POD_IP)", why: "found by a default route otherwise, which a host may lack" },
  { name: "tls-cert-file", value: pki("apiserver.crt"), why: "read again when it is renewed" },
  { name: "tls-private-key-file", value: pki("apiserver.key"), why: "belongs to tls-cert-file" },
];

const storage: readonly Flag[] = [{ name: "etcd-servers", value: kineSocket, why: "kine runs in the same pod" }];

const authentication: readonly Flag[] = [
  { name: "client-ca-file", value: pki("ca.crt"), why: "admin, syncer and controller manager come with certificates" },
  {
    name: "authentication-config",
    value: pki(fileNames.authentication),
    why: "anonymous requests reach the health endpoints and nothing else",
  },
  { name: "service-account-key-file", value: pki("sa.pub"), why: "checks ServiceAccount tokens" },
  { name: "service-account-signing-key-file", value: pki("sa.key"), why: "signs ServiceAccount tokens" },
  {
    name: "requestheader-client-ca-file",
    value: pki("front-proxy-ca.crt"),
    why: "aggregated APIs trust this front proxy",
  },
  { name: "requestheader-allowed-names", value: "front-proxy-client", why: "only the front proxy may name users" },
  { name: "requestheader-username-headers", value: "X-Remote-User", why: "aggregation" },
  { name: "requestheader-group-headers", value: "X-Remote-Group", why: "aggregation" },
  { name: "requestheader-extra-headers-prefix", value: "X-Remote-Extra-", why: "aggregation" },
  { name: "proxy-client-cert-file", value: pki("front-proxy-client.crt"), why: "shown to aggregated APIs" },
  { name: "proxy-client-key-file", value: pki("front-proxy-client.key"), why: "belongs to proxy-client-cert-file" },
];

const reachingTheCluster: readonly Flag[] = [
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
  {
    name: "kubelet-client-certificate",
    value: pki("apiserver-kubelet-client.crt"),
    why: "the syncer's kubelet asks for it",
  },
  {
    name: "kubelet-client-key",
    value: pki("apiserver-kubelet-client.key"),
    why: "belongs to kubelet-client-certificate",
  },
  {
    name: "enable-aggregator-routing",
    value: "false",
    why: "admission is called through a Service of type ExternalName, which endpoint routing does not know",
  },
];
