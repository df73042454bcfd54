/** What a nested cluster's control plane is on the host: certificates, containers, objects. Pure but for key generation. */
export { type DistroDefinition, type Flag, fileNames, imageName } from "./distros/distro.ts";
export { distroDefinitions } from "./distros/distros.ts";
export type { EndpointInput, EndpointPolicy } from "./endpoints/endpoint.ts";
export { endpointServerNames, endpointUrl, renderEndpoint } from "./endpoints/endpoints.ts";
export {
  type ExtensionType,
  endpointExtensions,
  gateways,
  tlsRoutes,
  transportServers,
} from "./endpoints/extension-types.ts";
export { endpointHostName } from "./endpoints/host-name.ts";
export { clusterUrl, ingressAddresses } from "./endpoints/service-fields.ts";
export type { KeyPair } from "./pki/certificate.ts";
export { expiry, isUsableAuthority, type RenewalReason, renewalReason } from "./pki/inspect-certificate.ts";
export {
  createAuthority,
  createInternalCa,
  dedicatedSyncerNames,
  issueEgressClient,
  issueServing,
  issueSyncerServing,
  syncerNames,
} from "./pki/internal-ca.ts";
export {
  createPki,
  type LeafName,
  type Pki,
  PkiDamagedError,
  type PkiOptions,
  type Renewal,
  renewLeaves,
} from "./pki/pki.ts";
export { type ApiServerAddresses, apiServerNames } from "./pki/server-names.ts";
export { dedicatedSyncerAccount, isServedByDedicated } from "./render/access.ts";
export { dedicatedSyncerAccess } from "./render/dedicated-access.ts";
export type {
  ClusterIdentity,
  ControlPlaneInput,
  ControlPlaneSecrets,
  HostFacts,
  RenderInput,
} from "./render/input.ts";
export { controlPlaneSelector, ownLabels } from "./render/object-labels.ts";
export {
  renderControlPlane,
  renderFoundation,
  renderNamespace,
  renderSecrets,
  renderWorkload,
} from "./render/render.ts";
