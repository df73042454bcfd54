import { isIP } from "node:net";
import { askReadiness } from "./ask-readiness.ts";
import { type Dialled, dial, isNoConnection, wasSilent } from "./dial.ts";
import type { Lookup } from "./lookup.ts";

/** What is dialled, and what is expected there. */
export interface ProbeRequest {
  /** `https://host:port` as in people's kubeconfigs. */
  url: string;
  /** Certificate of the nested cluster's own authority, PEM. */
  ca: string;
  lookup: Lookup;
  /** Addresses, or names of such, to which the URL's name should lead. Looked at only when the endpoint does not answer. */
  expectedAddresses?: readonly string[];
  /** How long a connection may take to open. Default 400 ms, which is right within one site. */
  connectTimeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * Why an endpoint does not do:
 * - `notResolved`: its name has no address;
 * - `wrongAddress`: its name has other addresses than expected, and what is there does not answer as it should;
 * - `unreachable`: no connection, or one that broke;
 * - `otherServer`: the certificate that was shown is not of the nested cluster's authority;
 * - `notReady`: the API server itself answers, but is not ready, or lacks this name in its certificate.
 */
export type ProbeFailure = "notResolved" | "wrongAddress" | "unreachable" | "otherServer" | "notReady";

export type ProbeAnswer =
  | { ready: true }
  | {
      ready: false;
      failure: ProbeFailure;
      /** A sentence fragment for people, without secrets. */
      why: string;
      /** What the name led to. */
      addresses: readonly string[];
    };

/** Asks an API server at its endpoint whether it is ready, as people's clients would. Never rejects. */
export type ProbeEndpoint = (request: ProbeRequest) => Promise<ProbeAnswer>;

type Failed = Exclude<ProbeAnswer, { ready: true }>;

const answerTimeoutMs = 3000;
/** A first packet that got lost is sent again only after a second; a new connection is there sooner. */
const defaultConnectTimeoutMs = 400;
const connectAttempts = 3;
/** Of a name with many addresses so many are tried. */
const maxAddresses = 4;

/** Looks the name up, dials with the cluster's own CA and SNI, and reads `/readyz`, each time on a new connection. */
export const probeEndpoint: ProbeEndpoint = async (request) => {
  const url = new URL(request.url);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const resolved = await resolve(host, request.lookup);
  if ("failure" in resolved) return resolved;
  const { addresses } = resolved;
  if (addresses.length === 0) {
    return { ready: false, failure: "notResolved", why: `${host} does not resolve`, addresses };
  }
  const dialled = await dialAny({ ...request, url, host, addresses });
  const answer = await judge(dialled, url, addresses);
  // The API server itself was reached, so the addresses are right even when they look different, as behind NAT.
  if (answer.ready || answer.failure === "notReady") return answer;
  return (await leadsElsewhere(addresses, request)) ? { ...answer, failure: "wrongAddress" } : answer;
};

async function resolve(host: string, lookup: Lookup): Promise<{ addresses: string[] } | Failed> {
  if (isIP(host) !== 0) return { addresses: [host] };
  try {
    return { addresses: await lookup(host) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "no answer";
    const why = `the name servers could not be asked for ${host} (${code})`;
    return { ready: false, failure: "unreachable", why, addresses: [] };
  }
}

async function dialAny(
  target: Omit<ProbeRequest, "url"> & { url: URL; host: string; addresses: readonly string[] },
): Promise<Dialled> {
  const { url, host, ca, signal, connectTimeoutMs = defaultConnectTimeoutMs } = target;
  const addresses = target.addresses.slice(0, maxAddresses);
  const port = Number(url.port || 443);
  const attempts = Math.max(connectAttempts, addresses.length);
  for (let attempt = 0; ; attempt += 1) {
    const address = addresses[attempt % addresses.length] ?? host;
    const to = { address, port, host, ca, connectTimeoutMs, answerTimeoutMs, ...(signal && { signal }) };
    const dialled = await dial(to);
    if (!isNoConnection(dialled) || signal?.aborted || attempt + 1 === attempts) return dialled;
    // Who refuses at once refuses again; there may be other addresses.
    if (!wasSilent(dialled) && attempt + 1 >= addresses.length) return dialled;
  }
}

async function judge(dialled: Dialled, url: URL, addresses: readonly string[]): Promise<ProbeAnswer> {
  const no = (failure: ProbeFailure, why: string): ProbeAnswer => ({ ready: false, failure, why, addresses });
  if ("socket" in dialled) {
    const why = await askReadiness(dialled.socket, url);
    return why === undefined ? { ready: true } : no("notReady", why);
  }
  if (dialled.failure === "otherServer") return no("otherServer", dialled.why);
  return no(dialled.failure === "otherName" ? "notReady" : "unreachable", dialled.why);
}

/** True when none of the addresses is an expected one, as far as those are known. */
export async function leadsElsewhere(
  addresses: readonly string[],
  request: Pick<ProbeRequest, "expectedAddresses" | "lookup">,
): Promise<boolean> {
  const expected = await Promise.all(
    (request.expectedAddresses ?? []).map((name) =>
      isIP(name) !== 0 ? [name] : request.lookup(name).catch((): string[] => []),
    ),
  );
  const known = new Set(expected.flat());
  return known.size > 0 && !addresses.some((address) => known.has(address));
}
