import type { ClusterGroup, HostCluster } from "@inkube/api";

/** One host of a group. */
export type GroupHost = ClusterGroup["spec"]["hosts"][number];

/** A host that has been silent for longer gets nothing new, milliseconds. */
export const silentAfterMs = 2 * 60_000;

/** Why nothing new can be placed on a host now; undefined when it can. */
export function ineligible(host: HostCluster | undefined, name: string, now: number): string | undefined {
  return unsuitable(host, name) ?? silent(host, now) ?? onlyLooking(host);
}

/** What people decided about a host that keeps new nested clusters off it; it does not pass by itself. */
export function unsuitable(host: HostCluster | undefined, name: string): string | undefined {
  return neverSuitable(host, name) ?? (host?.spec.unschedulable ? "it is being drained" : undefined);
}

/** The same without what is meant to pass: a drained host stays in its groups. */
export function neverSuitable(host: HostCluster | undefined, name: string): string | undefined {
  if (!host) return `there is no host ${name}`;
  if (host.metadata.deletionTimestamp !== undefined) return "it is being removed";
  if (host.spec.access === "read-only") return "it was imported read-only";
  return host.spec.nesting ? undefined : "nesting is off there";
}

/** Why nothing is known of a host at the moment. */
function silent(host: HostCluster | undefined, now: number): string | undefined {
  const heartbeat = host?.status?.heartbeat;
  if (heartbeat === undefined) return "its agent has not connected yet";
  const silentMs = now - Date.parse(heartbeat);
  return silentMs > silentAfterMs ? `its agent has been silent for ${roughly(silentMs)}` : undefined;
}

/** Full access is there once the command of the import was run; until then the agent could make nothing. */
function onlyLooking(host: HostCluster | undefined): string | undefined {
  if (host?.status?.access !== "read-only") return undefined;
  return "its agent may only look until the command of inkube host import is run there";
}

/** Whole hours once it is some: what is written into a status must not change every minute. */
function roughly(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

/** The same as `ineligible` within a group, whose host entry may be draining and whose endpoint type the host must offer. */
export function ineligibleInGroup(
  group: ClusterGroup,
  entry: GroupHost,
  host: HostCluster | undefined,
  now: number,
): string | undefined {
  return ineligible(host, entry.name, now) ?? unsuitableInGroup(group, entry, host);
}

/** The same as `unsuitable` within a group. */
export function unsuitableInGroup(
  group: ClusterGroup,
  entry: GroupHost,
  host: HostCluster | undefined,
): string | undefined {
  const why = unsuitable(host, entry.name);
  if (why !== undefined || !host) return why;
  if (entry.draining) return "it is being drained in this group";
  const { endpointType } = group.spec;
  return offers(host, endpointType) ? undefined : otherEndpoint(host, endpointType);
}

export function otherEndpoint(host: HostCluster, wanted: ClusterGroup["spec"]["endpointType"]): string {
  return `it has endpoint type ${host.spec.endpoint.type}, the group wants ${wanted}`;
}

/** Every host offers what needs nothing of it; the rest must be how the host itself is set up. */
export function offers(host: HostCluster, type: ClusterGroup["spec"]["endpointType"]): boolean {
  return type === "Hub" || type === "ClusterIP" || host.spec.endpoint.type === type;
}
