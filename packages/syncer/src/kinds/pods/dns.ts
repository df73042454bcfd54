import type { KubeObject } from "@inkube/kube";
import type { KindContext } from "../kind.ts";
import { type Json, record, records, strings, text } from "../untyped.ts";

/** What the resolver takes; a kubelet cuts longer lists in the same way. */
const limits = { nameservers: 3, searches: 32, searchCharacters: 2048 };

function usesClusterDns(spec: Json): boolean {
  const policy = text(spec.dnsPolicy) || "ClusterFirst";
  return policy === "ClusterFirstWithHostNet" || (policy === "ClusterFirst" && spec.hostNetwork !== true);
}

/** True for the pods that answer DNS themselves: they must start before there is a DNS address. */
function isDnsServer(pod: KubeObject): boolean {
  return pod.metadata.labels?.["k8s-app"] === "kube-dns";
}

/** True when the pod cannot be given its resolver settings before the cluster's DNS has an address. */
export function awaitsDns(pod: KubeObject, context: KindContext): boolean {
  return context.dnsIP === "" && usesClusterDns(record(pod.spec)) && !isDnsServer(pod);
}

function fitSearches(searches: string[]): string[] {
  const fitting = searches.slice(0, limits.searches);
  while (fitting.join(" ").length > limits.searchCharacters) fitting.pop();
  return fitting;
}

/**
 * `dnsPolicy` and `dnsConfig` on the host. What a kubelet of the nested cluster would write is said in full: nested DNS first, then
 * the pod's own settings, whose options win. The node's own search domains are the host's and not added.
 */
export function hostDns(pod: KubeObject, context: KindContext): Json {
  const spec = record(pod.spec);
  const config = record(spec.dnsConfig);
  const own = spec.dnsConfig === undefined ? {} : { dnsConfig: config };
  if (!usesClusterDns(spec)) return { ...(spec.dnsPolicy === undefined ? {} : { dnsPolicy: spec.dnsPolicy }), ...own };
  if (context.dnsIP === "") return { dnsPolicy: "Default", ...own };
  const domain = context.clusterDomain;
  const searches = [
    `${pod.metadata.namespace ?? ""}.svc.${domain}`,
    `svc.${domain}`,
    domain,
    ...strings(config.searches),
  ];
  const options = new Map<string, Json>([["ndots", { name: "ndots", value: "5" }]]);
  for (const option of records(config.options)) options.set(text(option.name), option);
  return {
    dnsPolicy: "None",
    dnsConfig: {
      ...config,
      nameservers: [...new Set([context.dnsIP, ...strings(config.nameservers)])].slice(0, limits.nameservers),
      searches: fitSearches([...new Set(searches)]),
      options: [...options.values()],
    },
  };
}

/**
 * The name that a pod has on its network.
 * `hostname` prints what it would inside, and the short name leads to the pod's own address through /etc/hosts. The name
 * `<hostname>.<subdomain>.<namespace>.svc.<domain>` is answered by the nested DNS as soon as the pod is an endpoint of its headless
 * Service. Limit: a kubelet writes it into /etc/hosts only from the host's own namespace, so `hostname -f` prints the short name.
 * Writing another hosts file would need the pod's address before it has one; a loopback address there instead would make servers
 * that listen on their own name unreachable, which is worse. `setHostnameAsFQDN` is said by `hostnameOverride`, which hosts since
 * Kubernetes 1.35 follow to the letter and older ones drop.
 */
export function hostHostname(pod: KubeObject, context: KindContext): Json {
  const spec = record(pod.spec);
  if (spec.hostNetwork === true) return {};
  const name = text(spec.hostname) || pod.metadata.name;
  const hostname = name.slice(0, 63).replace(/[-.]+$/, "");
  const subdomain = text(spec.subdomain);
  const full = `${hostname}.${subdomain}.${pod.metadata.namespace ?? ""}.svc.${context.clusterDomain}`;
  if (text(spec.hostnameOverride) !== "") return { hostname: label(hostname), hostnameOverride: spec.hostnameOverride };
  const asFull = spec.setHostnameAsFQDN === true && subdomain !== "" && full.length <= 64;
  return { hostname: label(hostname), ...(asFull ? { hostnameOverride: full } : {}) };
}

/** Pod names may hold dots, which a hostname must not. */
function label(hostname: string): string {
  return hostname.replaceAll(".", "-");
}
