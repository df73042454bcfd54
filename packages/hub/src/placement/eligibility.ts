import type { ClusterGroup, HostCluster } from "@inkube/api";

/** A host that has been silent for longer gets nothing new, milliseconds. */
export const silentAfterMs = 2 * 60_000;

/** Why nothing new can be placed on a host now; undefined when it can. */
export function ineligible(host: HostCluster | undefined, name: string, now: number): string | undefined {
  if (!host) return `there is no host ${name}`;
  const { spec, status, metadata } = host;
  if (metadata.deletionTimestamp !== undefined) return "it is being removed";
  if (spec.access === "read-only") return "it was imported read-only";
  if (!spec.nesting) return "nesting is off there";
  if (spec.unschedulable) return "it is being drained";
  if (status?.heartbeat === undefined) return "its agent has not connected yet";
  const silentMs = now - Date.parse(status.heartbeat);
  if (silentMs > silentAfterMs) return `its agent has been silent for ${Math.round(silentMs / 60_000)} min`;
  return undefined;
}

/** The same within a group, whose host entry may be draining and whose endpoint type the host must offer. */
export function ineligibleInGroup(
  group: ClusterGroup,
  entry: ClusterGroup["spec"]["hosts"][number],
  host: HostCluster | undefined,
  now: number,
): string | undefined {
  const why = ineligible(host, entry.name, now);
  if (why !== undefined || !host) return why;
  if (entry.draining) return "it is being drained in this group";
  return offers(host, entry, group.spec.endpointType)
    ? undefined
    : `it has endpoint type ${host.spec.endpoint.type}, the group wants ${group.spec.endpointType}`;
}

/** Every host offers what needs nothing of it; the rest must be how the host itself is set up. */
function offers(
  host: HostCluster,
  entry: ClusterGroup["spec"]["hosts"][number],
  type: ClusterGroup["spec"]["endpointType"],
): boolean {
  if (type === "Hub" || type === "ClusterIP") return true;
  if (type === "Ingress" && entry.domain !== undefined) return host.spec.endpoint.type === "Ingress";
  return host.spec.endpoint.type === type;
}
