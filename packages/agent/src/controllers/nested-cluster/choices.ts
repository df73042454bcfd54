import { isSupportedVersion, type NestedCluster, parseVersion, supportedVersionsText } from "@inkube/api";
import type { ClusterIdentity, ControlPlaneInput } from "@inkube/controlplane";
import type { HostView } from "../../host/host-view.ts";
import type { Observation } from "./scope.ts";

/** Name of the copy of the project's pull secret in the host namespace. */
export const pullSecretCopy = "pull-secret";

/**
 * What will run: the specification, completed with what is already running and then with the host's defaults. An
 * observation instead when that cannot be run.
 */
export function choose(
  cluster: NestedCluster,
  identity: ClusterIdentity,
  host: HostView,
): ControlPlaneInput | Observation {
  const { spec, status } = cluster;
  // What runs is kept alive: only a distro in the status says that something was begun.
  if (!host.nesting && status?.distro === undefined) return refuse("NestingDisabled", "");
  const distro = spec.distro ?? status?.distro ?? host.defaults.defaultDistro;
  const version = spec.version ?? status?.version ?? host.defaults.defaultVersion;
  const parsed = parseVersion(version);
  if (!parsed || !isSupportedVersion(version)) {
    return refuse("VersionUnsupported", `${version} is asked for, this agent runs ${supportedVersionsText}`);
  }
  if (parsed.k3s !== undefined && distro !== "k3s") {
    return refuse("VersionUnsupported", `${version} is a version of k3s and spec.distro is ${distro}`);
  }
  const images = spec.images ?? host.defaults.images;
  const { domain } = spec.endpoint;
  return {
    cluster: identity,
    spec,
    distro,
    version,
    endpointType: spec.endpoint.type ?? host.endpoint.type,
    endpointPolicy: domain === undefined ? host.endpoint : { ...host.endpoint, domain },
    host: host.facts,
    ...(images?.registry !== undefined && { registry: images.registry }),
    ...(images?.pullSecret !== undefined && { pullSecret: pullSecretCopy }),
  };
}

/** Tells the two apart. */
export function isRefusal(choice: ControlPlaneInput | Observation): choice is Observation {
  return "reason" in choice;
}

function refuse(reason: "NestingDisabled" | "VersionUnsupported", particulars: string): Observation {
  return { status: "False", reason, particulars };
}
