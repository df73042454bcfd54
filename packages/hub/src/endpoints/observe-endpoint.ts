import { isIP } from "node:net";
import type { Lookup, ProbeAnswer } from "@inkube/agent";
import { probeEndpoint } from "@inkube/agent";
import type { NestedCluster, Reason } from "@inkube/api";
import type { Authorities } from "./authorities.ts";
import { isDialable } from "./dialable-addresses.ts";
import type { EndpointTarget } from "./endpoint-target.ts";

/** How endpoints are dialled. */
export interface Dialling {
  lookup: Lookup;
  /** For tests, whose endpoints are on their own machine. */
  allowLoopback?: boolean;
}

/** Hosts are elsewhere: a connection may take longer than within one site, milliseconds. */
const connectTimeoutMs = 2_000;

/** The verdicts. Nothing of what a dial has met is told: whoever names an endpoint learns no more than this of the hub's network. */
const verdicts = {
  ready: "EndpointAnswersHub",
  notReady: "EndpointSilentToHub",
  unreachable: "EndpointSilentToHub",
  wrongAddress: "EndpointSilentToHub",
  otherServer: "EndpointOtherToHub",
  notResolved: "EndpointUnknownToHub",
} as const satisfies Record<string, Reason>;

/**
 * Asks at an endpoint as people would, verified by the nested cluster's own authority. The name is looked up once and only addresses
 * that were judged are dialled, so that it cannot lead elsewhere in between. Undefined when the authority is not known yet.
 */
export async function observeEndpoint(
  { authorities, dialling }: { authorities: Authorities; dialling: Dialling },
  cluster: NestedCluster,
  target: EndpointTarget,
  signal: AbortSignal,
): Promise<Reason | undefined> {
  if ("refused" in target) return "EndpointNotDialled";
  const addresses = await addressesOf(target.url, dialling.lookup);
  if (addresses.length === 0) return "EndpointUnknownToHub";
  if (!addresses.every((address) => isDialable(address, dialling))) return "EndpointNotDialled";
  const ca = await authorities.of(cluster, signal);
  if (ca === undefined) return undefined;
  const probe = (authority: string): Promise<ProbeAnswer> =>
    probeEndpoint({ url: target.url, ca: authority, lookup: async () => addresses, connectTimeoutMs, signal });
  const answer = await probe(ca);
  if (answer.ready || answer.failure !== "otherServer") return verdictOf(answer);
  // Perhaps the authority was replaced.
  const now = await authorities.again(cluster, signal);
  return verdictOf(now === undefined || now === ca ? answer : await probe(now));
}

function verdictOf(answer: ProbeAnswer): Reason {
  return verdicts[answer.ready ? "ready" : answer.failure];
}

async function addressesOf(url: string, lookup: Lookup): Promise<string[]> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? lookup(host).catch(() => []) : [host];
}
