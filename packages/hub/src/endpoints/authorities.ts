import { X509Certificate } from "node:crypto";
import { type NestedCluster, tunnelHeaders, tunnelPaths } from "@inkube/api";
import { readBounded } from "../tunnels/endpoint-kubeconfig.ts";
import type { TunnelRegistry } from "../tunnels/tunnel-registry.ts";

/** The authorities that nested clusters' agents say have signed their API servers' certificates, by uid of the cluster. */
export interface Authorities {
  /** What is remembered, else what the agent says; PEM. Undefined when this replica cannot ask, or there is none yet. */
  of(cluster: NestedCluster, signal: AbortSignal): Promise<string | undefined>;
  /** What the agent says now, remembered from then on. */
  again(cluster: NestedCluster, signal: AbortSignal): Promise<string | undefined>;
  forget(uid: string): void;
}

const askMs = 5_000;
/** More than one only while an authority is replaced. */
const mostCertificates = 4;

export function createAuthorities(tunnels: TunnelRegistry): Authorities {
  const known = new Map<string, string>();
  const again: Authorities["again"] = async (cluster, signal) => {
    const certificates = await ask(tunnels, cluster, signal);
    if (certificates !== undefined) known.set(uidOf(cluster), certificates);
    return certificates;
  };
  return {
    of: async (cluster, signal) => known.get(uidOf(cluster)) ?? again(cluster, signal),
    again,
    forget: (uid) => void known.delete(uid),
  };
}

async function ask(tunnels: TunnelRegistry, cluster: NestedCluster, signal: AbortSignal): Promise<string | undefined> {
  const { name, namespace = "" } = cluster.metadata;
  const headers = {
    [tunnelHeaders.project]: namespace,
    [tunnelHeaders.cluster]: name,
    [tunnelHeaders.uid]: uidOf(cluster),
  };
  const within = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
  try {
    const tunnel = tunnels.get(cluster.status?.host ?? "");
    const answer = await tunnel?.request({ method: "GET", path: tunnelPaths.ca, headers, signal: within });
    if (answer?.status === 200) return certificatesIn(await readBounded(answer.body));
    answer?.body.destroy();
    return undefined;
  } catch {
    // Away, too slow, or not in its right mind: none of it says anything about the endpoint.
    return undefined;
  }
}

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Written anew, so that only certificates of authorities reach the TLS library. */
function certificatesIn(text: string): string | undefined {
  const certificates = (text.match(block) ?? []).slice(0, mostCertificates).map((one) => new X509Certificate(one));
  const authorities = certificates.filter(({ ca }) => ca);
  return authorities.length === 0 ? undefined : authorities.join("");
}

function uidOf({ metadata }: NestedCluster): string {
  return metadata.uid ?? "";
}
