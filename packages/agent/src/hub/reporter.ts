import type { ClusterReport, Report } from "@inkube/api";
import type { Clock, Logger } from "@inkube/kube";
import { wantedKey } from "./wanted-state.ts";

export interface ReporterOptions {
  send(report: Report, signal: AbortSignal): Promise<{ refused: string[] }>;
  clock: Clock;
  /** Uniform in [0,1). */
  random: () => number;
  logger: Logger;
}

/**
 * Brings reports to the hub: the newest of each nested cluster, many in one request, again until they arrive. What was not
 * delivered when the hub was away is delivered when it is back.
 */
export interface Reporter {
  add(report: ClusterReport): void;
  setHost(status: Record<string, unknown>): void;
  /** Runs until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/** Changes that come together go together. */
const gatherMs = 50;
const mostInOne = 200;
const retry = { leastMs: 250, mostMs: 5000 };

export function createReporter(options: ReporterOptions): Reporter {
  const waiting = new Map<string, ClusterReport>();
  let host: Record<string, unknown> | undefined;
  let wake: (() => void) | undefined;
  const something = (): boolean => waiting.size > 0 || host !== undefined;
  return {
    add(report) {
      waiting.set(wantedKey(report), report);
      wake?.();
    },
    setHost(status) {
      host = status;
      wake?.();
    },
    async run(signal) {
      let failures = 0;
      while (!signal.aborted) {
        if (!something()) await new Promise<void>((resolve) => onceWoken(resolve, signal));
        await options.clock.sleep(gatherMs, signal).catch(() => undefined);
        if (signal.aborted || !something()) continue;
        const batch = [...waiting.entries()].slice(0, mostInOne);
        const sentHost = host;
        const report: Report = {
          ...(batch.length > 0 && { clusters: batch.map(([, one]) => one) }),
          ...(sentHost && { host: sentHost }),
        };
        try {
          const { refused } = await options.send(report, signal);
          for (const [key, one] of batch) if (waiting.get(key) === one) waiting.delete(key);
          if (host === sentHost) host = undefined;
          if (refused.length > 0) options.logger.warn({ refused }, "The hub knows nothing of some nested clusters");
          failures = 0;
        } catch (error) {
          if (signal.aborted) return;
          failures += 1;
          if (failures === 1)
            options.logger.warn({ error: String(error) }, "Could not report to the hub, trying again");
          const most = Math.min(retry.mostMs, retry.leastMs * 2 ** failures);
          await options.clock.sleep(most * (0.5 + options.random() / 2), signal).catch(() => undefined);
        }
      }
    },
  };

  function onceWoken(resolve: () => void, signal: AbortSignal): void {
    wake = () => {
      wake = undefined;
      signal.removeEventListener("abort", resolve);
      resolve();
    };
    signal.addEventListener("abort", resolve, { once: true });
  }
}
