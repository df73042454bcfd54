import type { Readable } from "node:stream";
import { packTar, type TarSource } from "modern-tar/fs";
import { BlobStore } from "./blob-store.ts";
import type { BuiltImage } from "./ensure-images.ts";

/** Streams images as one OCI archive, which `ctr images import`, podman and others read. */
export function imageArchive(images: readonly BuiltImage[], cacheDir: string): Readable {
  const blobs = new BlobStore(cacheDir);
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: images.map((image) => ({
      ...image.manifest,
      annotations: {
        "io.containerd.image.name": image.reference,
        "org.opencontainers.image.ref.name": image.reference.slice(image.reference.lastIndexOf(":") + 1),
      },
    })),
  };
  const digests = new Set(images.flatMap((image) => image.blobs.map((blob) => blob.digest)));
  const sources: TarSource[] = [
    { type: "content", target: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
    { type: "content", target: "index.json", content: JSON.stringify(index) },
    ...[...digests].map((digest) => ({
      type: "file" as const,
      source: blobs.path(digest),
      target: `blobs/${digest.replace(":", "/")}`,
    })),
  ];
  return packTar(sources);
}
