import { defaultCacheDir } from "../components/ensure-components.ts";
import { hostLayout } from "../host/host-layout.ts";
import { defaultStateDir } from "../host/up.ts";
import type { Progress } from "../host-error.ts";
import { ensureImages } from "./ensure-images.ts";
import { imageDefinitions } from "./image-list.ts";
import { loadArchive, loadImages } from "./load-images.ts";

export interface LoadTestImagesOptions {
  /** Default `inkube`. */
  name?: string;
  stateDir?: string;
  cacheDir?: string;
  /** Names as in images.json; default: all that tests of every kind need. */
  names?: readonly string[];
  /** Archives of further images, for tests of what cannot be built here. */
  archives?: readonly string[];
  progress?: Progress;
  signal?: AbortSignal;
}

/** Builds the images that only tests use and loads them into a host that is up; gives their references back. */
export async function loadTestImages(options: LoadTestImagesOptions = {}): Promise<string[]> {
  const layout = hostLayout(options.name ?? "inkube", options.stateDir ?? defaultStateDir);
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const progress = options.progress ?? (() => undefined);
  const usual = () => imageDefinitions().flatMap((image) => (image.needs === "tests" ? [image.name] : []));
  const names = options.names ?? usual();
  const abort = options.signal === undefined ? {} : { signal: options.signal };
  const images = await ensureImages({ names, cacheDir, progress, ...abort });
  const loaded = await loadImages(layout, images, cacheDir);
  for (const archive of options.archives ?? []) await loadArchive(layout, archive);
  if (loaded.length > 0) progress(`Loaded ${loaded.length} images for tests`);
  return images.map((image) => image.reference);
}
