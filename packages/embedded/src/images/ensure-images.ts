import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { goArch } from "../components/component-list.ts";
import { fileDigest } from "../components/content-key.ts";
import { type Components, defaultCacheDir, ensureComponents } from "../components/ensure-components.ts";
import { HostError, type Progress } from "../host-error.ts";
import { readTextIfThere, writeFileAtomically } from "../write-file.ts";
import { BlobStore, type Descriptor } from "./blob-store.ts";
import { buildBundle } from "./bundle.ts";
import { parseContainerfile } from "./containerfile.ts";
import { type ImageDefinition, imageDefinitions, imagesDir, rootfsDefinitions } from "./image-list.ts";
import { localhostCertificate, nodeBinary } from "./image-sources.ts";
import { ensureRootfs } from "./rootfs.ts";

/** An image that is in the cache. */
export interface BuiltImage {
  name: string;
  /** With its tag: what pods name. */
  reference: string;
  manifest: Descriptor;
  /** Everything the manifest leads to, the manifest included. */
  blobs: Descriptor[];
}

export interface EnsureImagesOptions {
  /** Names as in images.json. */
  names: readonly string[];
  cacheDir?: string;
  progress: Progress;
  signal?: AbortSignal;
}

/** Makes sure of images in the cache, building those that are not there or whose content changed. */
export async function ensureImages(options: EnsureImagesOptions): Promise<BuiltImage[]> {
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const definitions = imageDefinitions();
  const wanted = options.names.map((name) => {
    const definition = definitions.find((one) => one.name === name);
    if (definition === undefined) throw new HostError("imageUnavailable", `No image is called ${name}`);
    return definition;
  });
  const names = [...new Set(wanted.flatMap((definition) => definition.components ?? []))];
  const components = names.length === 0 ? undefined : await ensureComponents({ ...options, cacheDir, names });
  const built: BuiltImage[] = [];
  for (const definition of wanted) built.push(await ensureImage({ ...options, cacheDir, definition, components }));
  return built;
}

interface ImageRequest extends EnsureImagesOptions {
  cacheDir: string;
  definition: ImageDefinition;
  components: Components | undefined;
}

/** A file that a Containerfile may name, with a key that changes when its content does. */
interface Source {
  path: string;
  key: string;
}

async function ensureImage(request: ImageRequest): Promise<BuiltImage> {
  const { definition, cacheDir, progress } = request;
  const scratch = join(cacheDir, "images");
  mkdirSync(scratch, { recursive: true });
  const workDir = mkdtempSync(join(scratch, "new-"));
  try {
    const text = readFileSync(join(imagesDir, definition.name, "Containerfile"), "utf8");
    const recipe = parseContainerfile(text);
    const sources = await collectSources(request, workDir, recipe.layers);
    const keys = recipe.layers.map((layer) => sources.get(layer.source)?.key);
    const key = createHash("sha256")
      .update(JSON.stringify([goArch(), text, keys]))
      .digest("hex")
      .slice(0, 16);
    const reference = /:[^/]*$/.test(definition.reference) ? definition.reference : `${definition.reference}:${key}`;
    const recordPath = join(scratch, `${definition.name}-${key}.json`);
    const blobs = new BlobStore(cacheDir);
    const known = readRecord(recordPath);
    if (known !== undefined && known.reference === reference && known.blobs.every((blob) => blobs.has(blob)))
      return known;
    progress(`Building image ${reference}`);
    const image = await assemble(definition.name, reference, recipe, sources, blobs);
    writeFileAtomically(recordPath, JSON.stringify(image), 0o644);
    return image;
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

function readRecord(path: string): BuiltImage | undefined {
  const text = readTextIfThere(path);
  return text === undefined ? undefined : (JSON.parse(text) as BuiltImage);
}

async function collectSources(
  request: ImageRequest,
  workDir: string,
  layers: readonly { source: string }[],
): Promise<Map<string, Source>> {
  const sources = new Map<string, Source>();
  for (const { source } of layers) sources.set(source, await findSource(request, workDir, source));
  return sources;
}

async function findSource(request: ImageRequest, workDir: string, source: string): Promise<Source> {
  const { definition, components, cacheDir } = request;
  const [kind = "", ...rest] = source.split("/");
  const name = rest.join("/");
  if (kind === "bin" && name === "node") return await nodeBinary(cacheDir);
  if (kind === "bin" && components !== undefined) {
    const binary = components.get(name);
    return { path: binary.path, key: binary.sha256 };
  }
  if (kind === "rootfs") {
    const rootfs = name.replace(/\.tar$/, "");
    const found = rootfsDefinitions()[rootfs];
    if (found !== undefined) {
      const path = await ensureRootfs({ ...request, name: rootfs, definition: found });
      return { path, key: path };
    }
  }
  if (kind === "bundle") {
    const entryPoint = definition.bundles?.[name];
    if (entryPoint !== undefined) {
      const path = await buildBundle(entryPoint, join(workDir, name));
      return { path, key: await fileDigest(path) };
    }
  }
  if (kind === "files") return await localhostCertificate(cacheDir, name);
  if (kind === "images") {
    const path = join(imagesDir, name);
    return { path, key: await fileDigest(path) };
  }
  throw new HostError(
    "imageUnavailable",
    `The Containerfile of ${definition.name} copies ${source}, which nothing makes`,
  );
}

async function assemble(
  name: string,
  reference: string,
  recipe: ReturnType<typeof parseContainerfile>,
  sources: ReadonlyMap<string, Source>,
  blobs: BlobStore,
): Promise<BuiltImage> {
  const layers: Descriptor[] = [];
  for (const layer of recipe.layers) {
    const path = sources.get(layer.source)?.path ?? "";
    layers.push(
      layer.instruction === "ADD" ? await blobs.putArchive(path) : await blobs.putFileLayer(path, layer.target),
    );
  }
  const config = await blobs.putJson("application/vnd.oci.image.config.v1+json", {
    architecture: goArch(),
    os: "linux",
    config: recipe.config,
    // Layers are not compressed, so their digests are also those of their content.
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.digest) },
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = await blobs.putJson(mediaType, { schemaVersion: 2, mediaType, config, layers });
  return { name, reference, manifest, blobs: [manifest, config, ...layers] };
}
