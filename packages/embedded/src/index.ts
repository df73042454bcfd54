/**
 * The embedded host: a real one-node Kubernetes in a network namespace of this machine, made of real parts.
 * @module
 */
export {
  type Components,
  defaultCacheDir,
  type EnsureComponentsOptions,
  ensureComponents,
} from "./components/ensure-components.ts";
export type { ComponentSource, StoredBinary } from "./components/stored-binary.ts";
export { type DownOptions, down } from "./host/down.ts";
export type { EmbeddedHost } from "./host/embedded-host.ts";
export { type HostStatus, type ProcessStatus, status } from "./host/status.ts";
export { defaultStateDir, type UpOptions, up } from "./host/up.ts";
export { HostError, type HostErrorKind, type Progress } from "./host-error.ts";
export { type BuiltImage, type EnsureImagesOptions, ensureImages } from "./images/ensure-images.ts";
export { type LoadTestImagesOptions, loadTestImages } from "./images/load-test-images.ts";
