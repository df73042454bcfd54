import type { NestedCluster } from "@inkube/api";
import type { Clock, Logger } from "@inkube/kube";
import { sizeOf } from "../placement/capacity.ts";
import type { UsageLog, UsageSample } from "../store/index.ts";
import type { FleetView } from "../view/fleet-view.ts";

export interface KeepUsageOptions {
  view: Pick<FleetView, "clusters">;
  usage: Pick<UsageLog, "add">;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}

const sampleMs = 60_000;
/** What was not seen for longer is not guessed. */
const mostMs = 5 * sampleMs;

/**
 * Adds a sample of each nested cluster to the history every minute, until the signal is aborted; for the one replica that leads.
 * Agents do not measure yet, so it is what each has been allotted: its size times the time since the sample before; of its pods as many
 * as its syncer says that there are. A sample that cannot be written is left out, as a second attempt could count it twice. Never rejects.
 */
export async function keepUsage({ view, usage, clock, logger, signal }: KeepUsageOptions): Promise<void> {
  let last = clock.now();
  while (!signal.aborted) {
    await clock.sleep(sampleMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    const now = clock.now();
    const elapsedMs = Math.min(mostMs, Math.max(0, now - last));
    last = now;
    if (!view.clusters.synced || elapsedMs === 0) continue;
    const clusters = [...view.clusters.list()] as unknown as NestedCluster[];
    try {
      await usage.add(clusters.flatMap((cluster) => sampleOf(cluster, now, elapsedMs / 1_000)));
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      logger.warn({ clusters: clusters.length, error: words }, "Could not keep usage");
    }
  }
}

/** What a nested cluster was allotted in these seconds; nothing before it has a host. Pure. */
export function sampleOf({ metadata, spec, status }: NestedCluster, time: number, seconds: number): UsageSample[] {
  if (status?.host === undefined) return [];
  const { cpu, memory, storage } = sizeOf({ spec });
  return [
    {
      host: status.host,
      project: metadata.namespace ?? "",
      cluster: metadata.name,
      time,
      cpuCoreSeconds: cpu * seconds,
      memoryByteSeconds: memory * seconds,
      storageByteSeconds: storage * seconds,
      podSeconds: (status.syncer?.pods ?? 0) * seconds,
    },
  ];
}
