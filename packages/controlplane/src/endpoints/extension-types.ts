/** A type that a host serves only when something is installed on it, perhaps in an older version. */
export interface ExtensionType {
  group: string;
  plural: string;
  kind: string;
  /** Versions whose fields we use are the same in, best first. */
  versions: readonly string[];
}

/** Gateway API serves TLSRoute as v1 since 1.5, before that in its experimental channel only. */
export const tlsRoutes: ExtensionType = {
  group: "gateway.networking.k8s.io",
  plural: "tlsroutes",
  kind: "TLSRoute",
  versions: ["v1", "v1alpha3", "v1alpha2"],
};

export const gateways: ExtensionType = {
  group: "gateway.networking.k8s.io",
  plural: "gateways",
  kind: "Gateway",
  versions: ["v1", "v1beta1"],
};

/** Of F5 NGINX Ingress Controller. */
export const transportServers: ExtensionType = {
  group: "k8s.nginx.org",
  plural: "transportservers",
  kind: "TransportServer",
  versions: ["v1", "v1alpha1"],
};

/** Types of which an endpoint may consist. */
export const endpointExtensions: readonly ExtensionType[] = [tlsRoutes, transportServers];

/** `apiVersion` of objects in the best version. */
export function bestApiVersion({ group, versions }: ExtensionType): string {
  return `${group}/${versions[0] ?? ""}`;
}
