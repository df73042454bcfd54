import { isIP } from "node:net";
import { names, ports } from "@inkube/api";

/** The name and port by which a nested API server reaches the admission webhook of the syncer. */
export const admissionAuthority = { host: names.webhookHost, port: 443 } as const;

/** The port of a node at which the kubelet's API is answered. */
export const kubeletPort = ports.kubelet;

export interface Authority {
  host: string;
  port: number;
}

/** What the tunnel needs to know about a nested cluster to decide where a connection leads. */
export interface TargetLookup<N> {
  nodeByAddress(ip: string): N | undefined;
  ownsAddress(ip: string): boolean;
}

export type Target<N> =
  | { kind: "kubelet"; node: N }
  | { kind: "admission" }
  | { kind: "network"; host: string; port: number }
  | { kind: "service"; name: string; namespace: string; port: number }
  | { kind: "refused"; reason: string };

/** Reads the `host:port` of a CONNECT request; undefined when it is not exactly that. IPv6 comes in brackets and leaves without. */
export function parseAuthority(text: string): Authority | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9._-]{1,253})):(\d{1,5})$/.exec(text);
  if (!match) return undefined;
  const host = (match[1] ?? match[2] ?? "").toLowerCase();
  const port = Number(match[3]);
  if (port < 1 || port > 65535) return undefined;
  if (match[1] !== undefined && isIP(host) !== 6) return undefined;
  return { host, port };
}

/** Decides where a connection to `authority` leads for one nested cluster. Whatever is not known to be the cluster's own is refused. */
export function chooseTarget<N>(authority: Authority, lookup: TargetLookup<N>): Target<N> {
  const { host, port } = authority;
  if (host === admissionAuthority.host) {
    return port === admissionAuthority.port ? { kind: "admission" } : refused(authority, "is not served");
  }
  if (isIP(host) === 0) return chooseName(authority);
  const node = lookup.nodeByAddress(host);
  if (node !== undefined) {
    // A pod on the host network shares its node's address; every other port there is the host's, not the tenant's.
    return port === kubeletPort ? { kind: "kubelet", node } : refused(authority, "is a port of a node");
  }
  if (isSpecialAddress(host)) return refused(authority, "is not a pod or service address");
  if (!lookup.ownsAddress(host)) return refused(authority, "does not belong to this cluster");
  return { kind: "network", host, port };
}

function chooseName(authority: Authority): Target<never> {
  const match = /^([a-z0-9-]{1,63})\.([a-z0-9-]{1,63})\.svc(?:\.[a-z0-9.-]+)?$/.exec(authority.host);
  const [, name, namespace] = match ?? [];
  if (name === undefined || namespace === undefined) return refused(authority, "is not a service of this cluster");
  return { kind: "service", name, namespace, port: authority.port };
}

function refused(authority: Authority, why: string): { kind: "refused"; reason: string } {
  const host = isIP(authority.host) === 6 ? `[${authority.host}]` : authority.host;
  return { kind: "refused", reason: `${host}:${authority.port} ${why}` };
}

/** Loopback, link-local (metadata services), unspecified and multicast: never a workload, whatever a status claims. */
function isSpecialAddress(ip: string): boolean {
  if (isIP(ip) === 4) return /^(0|127|22[4-9]|23\d|24\d|25[0-5])\.|^169\.254\./.test(ip);
  return /^::$|^::1$|^::ffff:|^fe[89ab]|^ff/.test(ip) || /^(0+:){7}0*[01]$/.test(ip);
}
