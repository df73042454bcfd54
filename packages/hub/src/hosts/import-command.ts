import { X509Certificate } from "node:crypto";
import type { HubSettings } from "../context.ts";

/**
 * The commands that a person runs at the cluster that is to join. kubectl trusts what its machine trusts; for a hub with an
 * authority of its own the second command fetches with curl, which checks the authority's certificate that it is given.
 */
export function importCommands(
  { url, ca }: HubSettings,
  token: string,
): { command: string; alternative?: string; url: string } {
  const address = `${url}/import/${token}`;
  const command = `kubectl apply --server-side -f ${address}`;
  if (!ca) return { command, url: address };
  const pem = new X509Certificate(ca).toString().trim();
  const fetch = `curl -fsS --cacert <(echo '${pem}') ${address}`;
  return { command, alternative: `${fetch} | kubectl apply --server-side -f -`, url: address };
}
