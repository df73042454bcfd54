import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { packTar, type TarSource } from "modern-tar/fs";

/** A descriptor of the OCI image format. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

const layerType = "application/vnd.oci.image.layer.v1.tar";

/** Content under its own digest, shared by all images; what is there is whole. */
export class BlobStore {
  readonly #dir: string;

  constructor(cacheDir: string) {
    this.#dir = join(cacheDir, "images", "blobs");
    mkdirSync(this.#dir, { recursive: true });
  }

  path(digest: string): string {
    return join(this.#dir, digest.replace("sha256:", ""));
  }

  has(descriptor: Descriptor): boolean {
    return statSync(this.path(descriptor.digest), { throwIfNoEntry: false })?.size === descriptor.size;
  }

  /** Stores a document under its digest. */
  async putJson(mediaType: string, value: unknown): Promise<Descriptor> {
    const { Readable: stream } = await import("node:stream");
    return await this.#put(mediaType, stream.from([Buffer.from(JSON.stringify(value))]));
  }

  /** Stores a tar archive as it is as a layer. */
  async putArchive(file: string): Promise<Descriptor> {
    return await this.#put(layerType, createReadStream(file, { highWaterMark: 1 << 20 }));
  }

  /** Stores a layer of one file that root owns. Its time is fixed, so the same file gives the same layer. */
  async putFileLayer(source: string, target: string): Promise<Descriptor> {
    const executable = (statSync(source).mode & 0o100) !== 0;
    const entry: TarSource = {
      type: "file",
      source,
      target: target.replace(/^\//, ""),
      mode: executable ? 0o755 : 0o644,
      uid: 0,
      gid: 0,
      uname: "root",
      gname: "root",
      mtime: new Date(0),
    };
    return await this.#put(layerType, packTar([entry]));
  }

  async #put(mediaType: string, content: Readable): Promise<Descriptor> {
    const temporary = join(this.#dir, `new-${process.pid}-${Math.floor(performance.now() * 1000)}`);
    const hash = createHash("sha256");
    let size = 0;
    try {
      await pipeline(
        content,
        async function* measure(chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            size += chunk.length;
            yield chunk;
          }
        },
        createWriteStream(temporary, { highWaterMark: 1 << 20 }),
      );
      const digest = `sha256:${hash.digest("hex")}`;
      if (!existsSync(this.path(digest))) renameSync(temporary, this.path(digest));
      return { mediaType, digest, size };
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}
