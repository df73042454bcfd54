export {
  type Components,
  defaultCacheDir,
  type EnsureComponentsOptions,
  ensureComponents,
} from "./components/ensure-components.ts";
export type { EmbeddedHost } from "./host/embedded-host.ts";
export { defaultStateDir, type UpOptions, up } from "./host/up.ts";
export { HostError, type HostErrorCode, type Progress } from "./host-error.ts";
export { type BuiltImage, type EnsureImagesOptions, ensureImages } from "./images/ensure-images.ts";
