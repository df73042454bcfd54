import { createHash, X509Certificate } from "node:crypto";
import type { HubSettings } from "../context.ts";

/**
 * The commands that a person runs at the cluster that is to join. kubectl trusts what its machine trusts; for a hub with an
 * authority of its own the second command fetches with curl, which takes just the certificate with this key.
 */
export function importCommands(
  { url, ca, certificate }: HubSettings,
  token: string,
): { command: string; alternative?: string; url: string } {
  const address = `${url}/import/${token}`;
  const apply = "kubectl apply --server-side -f";
  const command = `${apply} ${address}`;
  if (!ca || !certificate) return { command, url: address };
  const fetch = `curl -fsSk --pinnedpubkey sha256//${keyHash(certificate)} ${address}`;
  return { command, alternative: `${fetch} | ${apply} -`, url: address };
}

/** As curl compares it: sha256 of the public key in DER, base64. */
function keyHash(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}
