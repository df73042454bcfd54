/** The host's controllers, and the manifests that install them. */
export { type Agent, type AgentOptions, createAgent } from "./agent.ts";
export { type InstallOptions, installManifests } from "./install/install-manifests.ts";
export { createLookup, type Lookup } from "./probe/lookup.ts";
export {
  type ProbeAnswer,
  type ProbeEndpoint,
  type ProbeFailure,
  type ProbeRequest,
  probeEndpoint,
} from "./probe/probe-endpoint.ts";
