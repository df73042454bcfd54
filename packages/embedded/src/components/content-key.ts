import { createHash, type Hash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type ComponentModule, goArch } from "./component-list.ts";

/** Names what is built: the same sources, version and flags give the same key, anything else another. 16 hex digits. */
export function contentKey(module: ComponentModule, componentsDir: string): string {
  const hash = createHash("sha256");
  const flags = [module.version, goArch(), String(module.cgo ?? ""), module.tags ?? "", module.ldflags ?? ""];
  hash.update(JSON.stringify([...flags, ...(module.compiler ?? [])]));
  const manifests = module.binaries.flatMap((binary) => binary.manifests ?? []);
  if (manifests.length > 0) hash.update(JSON.stringify(manifests));
  if (module.wheel !== undefined) return shortened(hash.update(JSON.stringify(module.wheel)));
  const sources = module.binaries.flatMap((binary) => (binary.source === undefined ? [] : [binary.source]));
  for (const file of sources.length > 0 ? sources : ["go.mod", "go.sum"]) {
    hash.update(readFileSync(join(componentsDir, module.module, file)));
  }
  return shortened(hash);
}

function shortened(hash: Hash): string {
  return hash.digest("hex").slice(0, 16);
}

/** sha256 of a file, hex. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
