import { type Client, KubeError, type KubeObject } from "@inkube/kube";
import type { ServiceAddresses } from "../cluster-view.ts";
import { wantedCopy } from "./host-copy.ts";
import { HostRefusal } from "./host-refusal.ts";
import { formatKey } from "./object-key.ts";
import { fieldManager } from "./ownership.ts";
import type { Session } from "./session.ts";
import { readPair } from "./to-host.ts";

const kindName = "services";

/**
 * Makes the host Service behind a nested one that is being admitted, so that it can be born with the host's addresses.
 * Until the nested Service appears the copy carries no uid; the engine then adopts it, or collects it when nothing comes.
 * The copy of a Service that exists inside is never changed here: the admitted create is about to be refused.
 */
export async function ensureHostService(
  session: Session,
  client: Client,
  service: KubeObject,
  options: { dryRun: boolean; signal?: AbortSignal },
): Promise<ServiceAddresses> {
  const { state } = session;
  const kind = state.kinds.get(kindName);
  if (!kind) throw new KubeError({ code: "server", message: "Services are not synced" });
  await Promise.all([
    state.nested(kindName).cache.whenSynced(options.signal),
    state.host(kindName).cache.whenSynced(options.signal),
  ]);
  const { name, namespace } = service.metadata;
  const { uid: _unknownYet, ...metadata } = service.metadata;
  const wanted = wantedCopy(state, kind, { ...service, metadata });
  return await session.exclusively(formatKey(kindName, namespace, name), async () => {
    const { nested, host, owner } = readPair(state, kind, { kind: kindName, namespace: namespace ?? "", name });
    if (host && !owner)
      throw new KubeError({ code: "alreadyExists", message: `the name ${name} is taken on the host` });
    if (host && owner && nested && !nested.metadata.deletionTimestamp) return addressesOf(host);
    const leaving = host && (host.metadata.deletionTimestamp || state.host(kindName).ledger.isDeleting(host));
    if (leaving) throw new KubeError({ code: "server", message: "the previous Service of this name is still leaving" });
    if (options.dryRun) {
      const dry = { dryRun: true, force: true, fieldManager, ...(options.signal && { signal: options.signal }) };
      return addressesOf(await client.apply(kind.type, { apiVersion: "v1", kind: kind.type.kind, ...wanted }, dry));
    }
    const signal = options.signal ? { signal: options.signal } : {};
    try {
      return addressesOf(await state.host(kindName).apply(wanted, signal));
    } catch (error) {
      throw error instanceof HostRefusal ? error.refusal : error;
    }
  });
}

function addressesOf(service: KubeObject): ServiceAddresses {
  const spec = (service.spec ?? {}) as {
    clusterIP?: string;
    clusterIPs?: string[];
    ipFamilies?: string[];
    ports?: { nodePort?: number }[];
    healthCheckNodePort?: number;
  };
  return {
    clusterIP: spec.clusterIP ?? "",
    clusterIPs: spec.clusterIPs ?? [],
    ipFamilies: spec.ipFamilies ?? [],
    nodePorts: (spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0),
    ...(spec.healthCheckNodePort && { healthCheckNodePort: spec.healthCheckNodePort }),
  };
}
