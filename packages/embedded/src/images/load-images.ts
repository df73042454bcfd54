import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { run } from "../command.ts";
import type { HostLayout } from "../host/host-layout.ts";
import { insideNetns } from "../host/network.ts";
import { HostError } from "../host-error.ts";
import type { BuiltImage } from "./ensure-images.ts";
import { imageArchive } from "./image-archive.ts";

function ctr(layout: HostLayout): string[] {
  return [...insideNetns(layout), "ctr", "--address", layout.containerdSocket, "--namespace", "k8s.io", "images"];
}

/** Reference → manifest digest of what the host's containerd has. */
export async function loadedImages(layout: HostLayout): Promise<Map<string, string>> {
  const { stdout } = await run([...ctr(layout), "list"]);
  const rows = stdout.split("\n").slice(1);
  return new Map(
    rows.flatMap((row) => {
      const [reference, , digest] = row.split(/\s+/);
      return reference && digest ? [[reference, digest] as const] : [];
    }),
  );
}

/** Loads the images that the host does not have yet; gives the references back that were loaded. */
export async function loadImages(
  layout: HostLayout,
  images: readonly BuiltImage[],
  cacheDir: string,
): Promise<string[]> {
  const present = await loadedImages(layout);
  const missing = images.filter((image) => present.get(image.reference) !== image.manifest.digest);
  if (missing.length > 0) await importStream(layout, imageArchive(missing, cacheDir));
  return missing.map((image) => image.reference);
}

/** Loads an archive from a file (OCI or docker format). */
export async function loadArchive(layout: HostLayout, file: string): Promise<void> {
  await importStream(layout, createReadStream(file));
}

async function importStream(layout: HostLayout, archive: Readable): Promise<void> {
  const [program = "", ...args] = [...ctr(layout), "import", "-"];
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"] });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  const ended = new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 128)));
  const sent = pipeline(archive, child.stdin).catch((error: unknown) => error);
  const [code, failure] = await Promise.all([ended, sent]);
  if (code === 0) return;
  throw new HostError("imageUnavailable", `Images could not be loaded: ${words.trim() || String(failure)}`);
}
