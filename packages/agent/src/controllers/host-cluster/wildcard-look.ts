import { randomBytes } from "node:crypto";
import type { HostClusterSpec } from "@inkube/api";
import { gateways, ingressAddresses } from "@inkube/controlplane";
import type { Client, Clock, WatchCache } from "@inkube/kube";
import { remembered } from "../../host/remembered.ts";
import type { ServedTypes } from "../../host/served-types.ts";
import type { Lookup } from "../../probe/lookup.ts";
import { leadsElsewhere } from "../../probe/probe-endpoint.ts";
import { recordAdvice } from "../nested-cluster/exposure/dns-record.ts";
import { gatewayAddresses } from "../nested-cluster/exposure/gateway.ts";
import type { Observation } from "../nested-cluster/scope.ts";

export interface WildcardDependencies {
  client: Client;
  clock: Clock;
  lookup: Lookup;
  served: ServedTypes;
  /** Those of the nested clusters of this host: what they were given is the address of the ingress controller. */
  ingresses: WatchCache;
}

type Policy = Partial<HostClusterSpec["endpoint"]>;

/**
 * Whether a random name under the host's wildcard leads to its ingress controller or Gateway; undefined where no record is needed.
 * Takes seconds at most, and never rejects.
 */
export type WildcardLook = (policy: Policy | undefined) => Promise<Observation | undefined>;

/** Shorter than from one heartbeat to the next, so that each tells of a look of its own. */
const rememberMs = 55_000;
/** Name servers that are silent for longer keep no heartbeat waiting. */
const limitMs = 3000;
/** A name may have any number of addresses; these are enough to see whose they are. */
const mostTold = 8;

/** Looks once in a while, and at once when the host offers something else. */
export function createWildcardLook(dependencies: WildcardDependencies): WildcardLook {
  const { clock } = dependencies;
  let held: { key: string; look: () => Promise<Observation> } | undefined;
  return async ({ type, domain, gateway } = {}) => {
    if (domain === undefined || (type !== "Ingress" && type !== "Gateway")) return undefined;
    const key = JSON.stringify([type, domain, gateway]);
    if (held?.key !== key) {
      const wanted = { domain, gateway: type === "Gateway" ? gateway : undefined, type };
      const look = () => within(clock, (signal) => observe(dependencies, wanted, signal));
      held = { key, look: remembered(look, rememberMs, clock) };
    }
    return held.look();
  };
}

type Wanted = { type: "Ingress" | "Gateway"; domain: string; gateway: Policy["gateway"] };

async function observe(dependencies: WildcardDependencies, wanted: Wanted, signal: AbortSignal): Promise<Observation> {
  const { lookup } = dependencies;
  const { domain } = wanted;
  const [answer, expected] = await Promise.all([
    lookup(randomName(domain)).catch((error: NodeJS.ErrnoException) => error.code ?? "no answer"),
    expectedAddresses(dependencies, wanted, signal).catch((): string[] => []),
  ]);
  if (typeof answer === "string") return unanswered(answer);
  const record = recordAdvice(domain, expected);
  const particulars = (found: string): string => `A random name under ${domain} ${found}. ${record}`;
  if (answer.length === 0) {
    return { status: "False", reason: "DNSRecordMissing", particulars: particulars("does not resolve") };
  }
  if (await leadsElsewhere(answer, { lookup, expectedAddresses: expected })) {
    // In a fixed order: name servers turn it with each answer.
    const leads = `leads to ${answer.sort().slice(0, mostTold).join(", ")}, the host has ${expected.join(", ")}`;
    return { status: "False", reason: "DNSRecordWrong", particulars: particulars(leads) };
  }
  const found = { status: "True", reason: "DNSRecordFound" } as const;
  if (expected.length > 0) return found;
  return {
    ...found,
    particulars: "Where to was not compared: the host tells no address of its ingress or gateway yet",
  };
}

/**
 * Nobody has asked for it before, so no cache answers. Of two labels, like the names of nested clusters, and both random: that there
 * is nothing under a name is remembered as well.
 */
function randomName(domain: string): string {
  const label = (): string => `inkube-${randomBytes(5).toString("hex")}`;
  return domain.replace(/^\*/, `${label()}.${label()}`);
}

/** As far as the host tells; none before the first nested cluster has an Ingress. */
async function expectedAddresses(
  { client, served, ingresses }: WildcardDependencies,
  { type, gateway }: Wanted,
  signal: AbortSignal,
): Promise<string[]> {
  if (type === "Ingress") return [...new Set([...ingresses.list()].flatMap(ingressAddresses))].sort();
  const servedAs = gateway && (await served(gateways));
  return servedAs ? gatewayAddresses(await client.get(servedAs, gateway, { signal })) : [];
}

/** What `look` finds, or that nobody answers once it takes too long; it is told to stop then. */
async function within(clock: Clock, look: (signal: AbortSignal) => Promise<Observation>): Promise<Observation> {
  const end = new AbortController();
  const late = clock.sleep(limitMs, end.signal).then(
    () => unanswered("no answer in time"),
    () => unanswered("stopped"),
  );
  try {
    return await Promise.race([look(end.signal), late]);
  } finally {
    end.abort();
  }
}

function unanswered(why: string): Observation {
  return { status: "Unknown", reason: "DNSUnanswered", particulars: `Asked for a random name, they said: ${why}` };
}
