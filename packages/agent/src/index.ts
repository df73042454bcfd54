/** The host's controllers, and the manifests that install them. */
export { type Agent, type AgentOptions, createAgent } from "./agent.ts";
export { type ProbeAnswer, type ProbeEndpoint, probeOverTls } from "./controllers/nested-cluster/probe.ts";
export { type InstallOptions, installManifests } from "./install/install-manifests.ts";
