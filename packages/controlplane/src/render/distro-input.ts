import type { DistroInput } from "../distros/distro.ts";
import type { RenderInput } from "./input.ts";

/** The part of the input that a distro may see. */
export function distroInput(input: RenderInput): DistroInput {
  return {
    version: input.version,
    serviceCIDR: input.host.serviceCIDR,
    clusterDomain: input.spec.clusterDomain,
    serverNames: input.serverNames,
    ...(input.registry !== undefined && { registry: input.registry }),
    ...(input.spec.advanced && { advanced: input.spec.advanced }),
  };
}
