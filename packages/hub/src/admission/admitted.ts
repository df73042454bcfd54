import type { NestedCluster } from "@inkube/api";
import type { Clock } from "@inkube/kube";
import { type Overlay, pathOf } from "./known-fleet.ts";

/** What was allowed a moment ago and is not seen yet counts, so that requests at once never take the same room or quota. */
export interface Admitted {
  add(cluster: NestedCluster, before: NestedCluster | undefined): void;
  /** For what is in memory. */
  overView: Overlay;
  /** For lists that are begun from now on. */
  overLists(): Overlay;
}

/** What was allowed is forgotten so long after it was seen stored; or never seen, as another rule refused it, or somebody was faster. */
const forgetAfterMs = 10_000;

interface Entry {
  cluster: NestedCluster;
  /** Version that was changed; undefined for a new one. */
  instead: string | undefined;
  until: number;
  /** Whether the view has had it. */
  inView: boolean;
  /** When somebody first saw it stored, as a place in the order of looks. */
  storedAt: number | undefined;
}

/**
 * Looks overlap: a list that was begun before something was stored may come back after the view has it, and the view may have it
 * later than a list. So that one look has seen it takes it from no other: it is missing from the view until the view had it, and
 * from lists that were begun before anybody saw it. Missing from later looks, it was deleted.
 */
export function createAdmitted(clock: Clock): Admitted {
  const entries = new Map<string, Entry>();
  let looks = 0;
  const over = (clusters: Iterable<NestedCluster>, see: (entry: Entry) => void, isGone: (entry: Entry) => boolean) => {
    const all = new Map<string, NestedCluster>();
    for (const cluster of clusters) all.set(pathOf(cluster), cluster);
    for (const [path, entry] of entries) {
      const { cluster, instead, until } = entry;
      const seen = all.get(path);
      const isStored = seen !== undefined && seen.metadata.resourceVersion !== instead;
      if (until <= clock.now()) entries.delete(path);
      else if (isStored) {
        if (entry.storedAt === undefined) entry.until = clock.now() + forgetAfterMs;
        see(entry);
      } else if (!isGone(entry) && (seen || instead === undefined)) all.set(path, { ...seen, ...cluster });
    }
    return [...all.values()];
  };
  const stored = (entry: Entry): void => {
    looks += 1;
    entry.storedAt ??= looks;
  };
  return {
    add(cluster, before) {
      const instead = before?.metadata.resourceVersion;
      const until = clock.now() + forgetAfterMs;
      entries.set(pathOf(cluster), { cluster, instead, until, inView: false, storedAt: undefined });
    },
    overView(clusters) {
      const see = (entry: Entry): void => {
        stored(entry);
        entry.inView = true;
      };
      return over(clusters, see, ({ inView }) => inView);
    },
    overLists() {
      looks += 1;
      const begun = looks;
      return (clusters) => over(clusters, stored, ({ storedAt }) => storedAt !== undefined && storedAt < begun);
    },
  };
}
