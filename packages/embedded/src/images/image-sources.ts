import { existsSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { goArch, repositoryRoot } from "../components/component-list.ts";
import { fileDigest } from "../components/content-key.ts";
import { HostError } from "../host-error.ts";
import { createAuthority, issueLeaf } from "../pki/certificate-authority.ts";
import { readTextIfThere, writeFileAtomically } from "../write-file.ts";

/** The Node that the checkout pins. Its digest is remembered by size and time, since reading 120 MB takes a while. */
export async function nodeBinary(cacheDir: string): Promise<{ path: string; key: string }> {
  const arch = goArch() === "amd64" ? "x64" : "arm64";
  const pinned = join(repositoryRoot, "node_modules", `node-linux-${arch}`, "bin", "node");
  if (!existsSync(pinned)) {
    throw new HostError("imageUnavailable", `${pinned} is missing: run npm ci in the checkout first`);
  }
  const path = realpathSync(pinned);
  const stat = statSync(path);
  const stamp = `${stat.size}-${stat.mtimeMs}-${stat.ino}`;
  const memo = join(cacheDir, "images", "node-digest.json");
  const known = readTextIfThere(memo);
  const remembered = known === undefined ? undefined : (JSON.parse(known) as { stamp: string; digest: string });
  if (remembered?.stamp === stamp) return { path, key: remembered.digest };
  const digest = await fileDigest(path);
  writeFileAtomically(memo, JSON.stringify({ stamp, digest }), 0o644);
  return { path, key: digest };
}

/** A self-signed pair for localhost that test servers offer; it protects nothing. */
export async function localhostCertificate(cacheDir: string, name: string): Promise<{ path: string; key: string }> {
  const dir = join(cacheDir, "images", "localhost-certificate");
  const path = join(dir, name);
  if (!existsSync(path)) {
    mkdirSync(dir, { recursive: true });
    const now = Date.now();
    const authority = await createAuthority("localhost", now);
    const leaf = await issueLeaf(
      authority,
      { commonName: "localhost", usages: ["server"], dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] },
      now,
    );
    writeFileAtomically(join(dir, "localhost.key"), leaf.key, 0o644);
    writeFileAtomically(join(dir, "localhost.crt"), leaf.certificate, 0o644);
  }
  return { path, key: await fileDigest(path) };
}
