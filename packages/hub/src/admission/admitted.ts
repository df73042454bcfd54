import type { NestedCluster } from "@inkube/api";
import type { Clock } from "@inkube/kube";
import { pathOf } from "./known-fleet.ts";

/** What was allowed a moment ago and is not seen yet counts, so that two requests at once never take the same room or quota. */
export interface Admitted {
  add(cluster: NestedCluster, before: NestedCluster | undefined): void;
  /** The nested clusters as they will be once everything that was allowed is stored. */
  over(clusters: Iterable<NestedCluster>): NestedCluster[];
}

/** What was allowed but never stored is forgotten after so long: another rule refused it, or somebody was faster. */
const forgetAfterMs = 10_000;

export function createAdmitted(clock: Clock): Admitted {
  const waiting = new Map<string, { cluster: NestedCluster; instead: string | undefined; until: number }>();
  return {
    add(cluster, before) {
      const instead = before?.metadata.resourceVersion;
      waiting.set(pathOf(cluster), { cluster, instead, until: clock.now() + forgetAfterMs });
    },
    over(clusters) {
      const all = new Map<string, NestedCluster>();
      for (const cluster of clusters) all.set(pathOf(cluster), cluster);
      for (const [path, { cluster, instead, until }] of waiting) {
        const seen = all.get(path);
        const isStored = seen !== undefined && seen.metadata.resourceVersion !== instead;
        if (isStored || until <= clock.now()) waiting.delete(path);
        else if (seen || instead === undefined) all.set(path, { ...seen, ...cluster });
      }
      return [...all.values()];
    },
  };
}
