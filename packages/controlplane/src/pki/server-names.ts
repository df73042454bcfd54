import { isIP } from "node:net";

/** Where a nested API server can be addressed. */
export interface ApiServerAddresses {
  hostNamespace: string;
  /** DNS domain inside the nested cluster. */
  clusterDomain: string;
  /** ClusterIP of the host Service `control-plane`. */
  clusterIP?: string;
  /** Addresses of the host's nodes or load balancer. */
  endpointAddresses?: readonly string[];
  /** `spec.endpoint.extraNames`. */
  extraNames?: readonly string[];
}

/** Every name and address that a client of the nested API server may use, without duplicates, in a stable order. */
export function apiServerNames(addresses: ApiServerAddresses): string[] {
  const { hostNamespace, clusterDomain } = addresses;
  const host = `control-plane.${hostNamespace}`;
  return [
    ...new Set(
      [
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        `kubernetes.default.svc.${clusterDomain}`,
        "control-plane",
        host,
        `${host}.svc`,
        // The host's own domain is not known here; its common value costs nothing.
        `${host}.svc.cluster.local`,
        `${host}.svc.${clusterDomain}`,
        "localhost",
        "127.0.0.1",
        "::1",
        addresses.clusterIP ?? "",
        ...(addresses.endpointAddresses ?? []),
        ...(addresses.extraNames ?? []),
      ].filter((name) => name !== "" && name !== "None"),
    ),
  ];
}

/** Splits a mixed list into what a certificate calls DNS names and IP addresses. */
export function splitNames(names: readonly string[]): { dns: string[]; ip: string[] } {
  return { dns: names.filter((name) => isIP(name) === 0), ip: names.filter((name) => isIP(name) !== 0) };
}
