import { type ClusterGroup, type NestedCluster, parseVersion } from "@inkube/api";

/** What a nested cluster asks for that its group does not have. */
export interface OtherDistro {
  field: "spec.distro" | "spec.version";
  text: string;
}

/**
 * The distro of a group is that of all its nested clusters: one that wants another could not take the group's version. Undefined
 * when it fits. Pure.
 */
export function otherDistro({ spec }: NestedCluster, group: ClusterGroup): OtherDistro | undefined {
  const { distro } = group.spec;
  const has = `Group ${group.metadata.name} has distro ${distro}`;
  if (spec.distro !== undefined && spec.distro !== distro) {
    return { field: "spec.distro", text: `${has}, not ${spec.distro}` };
  }
  const ofK3s = spec.version !== undefined && parseVersion(spec.version)?.k3s !== undefined;
  return ofK3s && distro !== "k3s"
    ? { field: "spec.version", text: `${has}, and ${spec.version} is of k3s` }
    : undefined;
}
