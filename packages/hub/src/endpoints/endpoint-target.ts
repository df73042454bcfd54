import { type ClusterGroup, type EndpointType, type HostCluster, type NestedCluster, names } from "@inkube/api";

/** An endpoint that is to be asked, or one that its host should not have named. */
export type EndpointTarget = { url: string } | { refused: true };

/** What of the fleet an endpoint is judged by. */
export interface EndpointFleet {
  host(name: string): HostCluster | undefined;
  group(name: string): ClusterGroup | undefined;
}

/** Types by which people outside the host reach an API server. */
const outsideTypes: ReadonlySet<string> = new Set<EndpointType>(["LoadBalancer", "Ingress", "Gateway", "NodePort"]);
const named: ReadonlySet<string> = new Set<EndpointType>(["Ingress", "Gateway"]);
/** What the endpoint of a HostCluster can have as its port. */
const ordinaryPorts: ReadonlySet<number> = new Set([443, 6443]);
const firstNodePort = 1024;

/**
 * The endpoint of a nested cluster as its host reports it, as far as the hub asks there. Hosts are not trusted: the type must be the
 * one that is wanted, a name of ingress or gateway must lie under the domain that the hub knows, and the port must be one of that
 * type. Undefined when there is nothing to ask, as on the hub's own host. Pure.
 */
export function endpointTarget(cluster: NestedCluster, fleet: EndpointFleet): EndpointTarget | undefined {
  const { endpoint: { type, url: text } = {}, host: hostName } = cluster.status ?? {};
  if (hostName === undefined || hostName === names.localHost || cluster.metadata.deletionTimestamp !== undefined) {
    return undefined;
  }
  const host = fleet.host(hostName);
  const wanted = cluster.spec.endpoint.type ?? host?.spec.endpoint.type;
  if (!host || text === undefined || type === undefined || type !== wanted || !outsideTypes.has(type)) return undefined;
  const url = URL.parse(text);
  if (!url || !isPlain(url) || !isPortOf(type, url)) return { refused: true };
  if (named.has(type) && !domainsOf(cluster, host, fleet).some((domain) => isUnder(url.hostname, domain))) {
    return { refused: true };
  }
  return { url: url.origin };
}

function isPlain(url: URL): boolean {
  const nothingMore = url.pathname === "/" && url.search === "" && url.hash === "";
  return url.protocol === "https:" && url.username === "" && url.password === "" && nothingMore;
}

function isPortOf(type: EndpointType, url: URL): boolean {
  const port = Number(url.port || 443);
  return type === "NodePort" ? port >= firstNodePort : ordinaryPorts.has(port);
}

/** Wildcards that lead to the host. */
function domainsOf({ spec, status }: NestedCluster, host: HostCluster, fleet: EndpointFleet): string[] {
  const group = spec.group === undefined ? undefined : fleet.group(spec.group);
  const entry = group?.spec.hosts.find(({ name }) => name === status?.host);
  return [entry?.domain, host.spec.endpoint.domain].filter((domain) => domain !== undefined);
}

function isUnder(name: string, wildcard: string): boolean {
  const suffix = wildcard.replace(/^\*/, "");
  return suffix.startsWith(".") && suffix.length > 1 && name.length > suffix.length && name.endsWith(suffix);
}
