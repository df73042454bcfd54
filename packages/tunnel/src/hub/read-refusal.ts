import type { Readable } from "node:stream";
import { refusalBytes } from "../wire/limits.ts";

/** The text of a body up to a limit; the rest is not waited for. */
export async function readRefusal(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= refusalBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, refusalBytes).toString();
}
