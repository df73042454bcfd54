import { isIP } from "node:net";

/** What a person is told to create. */
export function recordAdvice(domain: string, targets: readonly string[]): string {
  return `The record should be: ${wildcardRecords(domain, targets)}`;
}

/** The records to create, as a zone file writes them: `*.clusters.example.com A 203.0.113.7`. */
function wildcardRecords(domain: string, targets: readonly string[]): string {
  if (targets.length === 0) return `${domain} A <address of the ingress controller or gateway>`;
  const name = targets.find((target) => isIP(target) === 0);
  // A name takes no other record beside a CNAME.
  if (name !== undefined) return `${domain} CNAME ${name}`;
  return targets.map((address) => `${domain} ${isIP(address) === 6 ? "AAAA" : "A"} ${address}`).join(", ");
}
