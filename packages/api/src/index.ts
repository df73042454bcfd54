/**
 * What Inkube's objects are: names, types, conditions, reasons and errors. Nothing here loads the schema library;
 * programs that need the schemas import `@inkube/api/schemas` or call `crds()`.
 * @module
 */
export { conditionTypes, getCondition, isConditionTrue, setCondition } from "./conditions.ts";
export { type CustomResourceDefinition, crds } from "./crds.ts";
export {
  AppError,
  type AppErrorOptions,
  type ErrorClass,
  type ErrorCode,
  errorTable,
  isAppError,
} from "./errors.ts";
export { hostName, hostNamespace, tokensSecretName } from "./host-names.ts";
export {
  agentPaths,
  beatMs,
  type ClusterReport,
  type JoinAnswer,
  type JoinRequest,
  ownPaths,
  type Report,
  tunnelHeaders,
  tunnelPaths,
  type WantedLine,
  wantedLineLimit,
} from "./hub/protocol.ts";
export {
  type CredentialKind,
  credentialKinds,
  hashOf,
  isHashOf,
  newToken,
  type ParsedToken,
  parseToken,
} from "./hub/token.ts";
export { codeOfKubeFailure, type FieldError, fieldErrors } from "./kube-failures.ts";
export {
  annotations,
  apiVersion,
  fieldManagers,
  finalizer,
  group,
  labels,
  managedBy,
  placementFinalizer,
  reservedPrefix,
  version,
} from "./labels.ts";
export { containers, names, ports } from "./names.ts";
export { programVersion } from "./program-version.ts";
export { type Reason, type ReasonText, reasonMessage, reasons } from "./reasons.ts";
export { clusterGroups, hostClusters, nestedClusters } from "./resource-types.ts";
export type {
  AdvancedValues,
  ClusterGroup,
  ClusterGroupSpec,
  ClusterGroupSpecInput,
  ClusterGroupStatus,
  Condition,
  EndpointType,
  HostCluster,
  HostClusterSpec,
  HostClusterSpecInput,
  HostClusterStatus,
  Metadata,
  NestedCluster,
  NestedClusterSpec,
  NestedClusterSpecInput,
  NestedClusterStatus,
  Phase,
  PodSecurityLevel,
} from "./types.ts";
export {
  type Distro,
  defaultVersion,
  distros,
  isSupportedVersion,
  isTooOld,
  type KubernetesVersion,
  oldestHostVersion,
  parseVersion,
  supportedMinors,
  supportedVersionsText,
} from "./versions.ts";
