import type { KubeObject } from "@inkube/kube";

/** Both sides of the pods that a nested cluster has on a node. */
export type PodPairs = readonly { nested: KubeObject; host: KubeObject }[];

interface NamedRef {
  name: string;
  namespace: string;
  uid?: string;
}

interface VolumeStats {
  name?: string;
  pvcRef?: NamedRef;
  [field: string]: unknown;
}

interface PodStats {
  podRef?: NamedRef;
  volume?: VolumeStats[];
  [field: string]: unknown;
}

/** A kubelet's `/stats/summary` with only the given pods, under their nested names. What is said about the node itself is kept. */
export function nestedSummary(summary: Record<string, unknown>, pairs: PodPairs): Record<string, unknown> {
  const byHostName = pairsByHostName(pairs);
  const pods = (Array.isArray(summary.pods) ? (summary.pods as PodStats[]) : []).flatMap((stats) => {
    const pair = stats.podRef && byHostName.get(`${stats.podRef.namespace}/${stats.podRef.name}`);
    return pair ? [nestedStats(stats, pair.nested)] : [];
  });
  return { ...summary, pods };
}

/** Finds a pair by `<host namespace>/<host name>`. */
export function pairsByHostName(pairs: PodPairs): Map<string, PodPairs[number]> {
  return new Map(pairs.map((pair) => [`${pair.host.metadata.namespace}/${pair.host.metadata.name}`, pair]));
}

function nestedStats(stats: PodStats, nested: KubeObject): PodStats {
  const { name, namespace = "", uid = "" } = nested.metadata;
  const volume = stats.volume?.map((one) => nestedVolume(one, nested));
  return { ...stats, podRef: { name, namespace, uid }, ...(volume ? { volume } : {}) };
}

function nestedVolume(stats: VolumeStats, nested: KubeObject): VolumeStats {
  if (!stats.pvcRef) return stats;
  const { pvcRef: _host, ...rest } = stats;
  const volumes = (nested.spec as { volumes?: PodVolume[] } | undefined)?.volumes ?? [];
  const volume = volumes.find(({ name }) => name === stats.name);
  const claim =
    volume?.persistentVolumeClaim?.claimName ?? (volume?.ephemeral && `${nested.metadata.name}-${volume.name}`);
  return claim === undefined ? rest : { ...rest, pvcRef: { name: claim, namespace: nested.metadata.namespace ?? "" } };
}

interface PodVolume {
  name: string;
  persistentVolumeClaim?: { claimName?: string };
  ephemeral?: object;
}
