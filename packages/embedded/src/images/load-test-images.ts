import { defaultCacheDir } from "../components/ensure-components.ts";
import { hostLayout } from "../host/host-layout.ts";
import { defaultStateDir } from "../host/up.ts";
import type { Progress } from "../host-error.ts";
import { ensureImages } from "./ensure-images.ts";
import { imageDefinitions } from "./image-list.ts";
import { loadImages } from "./load-images.ts";

export interface LoadTestImagesOptions {
  /** Default `inkube`. */
  name?: string;
  stateDir?: string;
  cacheDir?: string;
  progress?: Progress;
  signal?: AbortSignal;
}

/** Builds the images that only tests use and loads them into a host that is up; gives their references back. */
export async function loadTestImages(options: LoadTestImagesOptions = {}): Promise<string[]> {
  const layout = hostLayout(options.name ?? "inkube", options.stateDir ?? defaultStateDir);
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const progress = options.progress ?? (() => undefined);
  const names = imageDefinitions().flatMap((image) => (image.needs === "tests" ? [image.name] : []));
  const abort = options.signal === undefined ? {} : { signal: options.signal };
  const images = await ensureImages({ names, cacheDir, progress, ...abort });
  const loaded = await loadImages(layout, images, cacheDir);
  if (loaded.length > 0) progress(`Loaded ${loaded.length} images for tests`);
  return images.map((image) => image.reference);
}
