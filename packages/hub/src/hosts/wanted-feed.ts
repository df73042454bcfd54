import type { WantedLine } from "@inkube/api";
import { type NestedCluster, names } from "@inkube/api";
import { type Change, changedObject, type KubeObject } from "@inkube/kube";
import type { FleetView } from "../view/fleet-view.ts";

type Listener = (line: WantedLine) => void;

/** Tells each host what is wanted of it: all at first, then every change. */
export interface WantedFeed {
  /**
   * Calls back with everything that is wanted of the host now, then `synced`, then changes as they come; in order, at once.
   * Returns how to stop.
   */
  subscribe(host: string, listener: Listener): () => void;
}

/** One look at each change for all hosts together. */
export function createWantedFeed(view: FleetView): WantedFeed {
  const listeners = new Map<string, Set<Listener>>();
  const tell = (host: string | undefined, line: WantedLine | undefined): void => {
    if (host === undefined || line === undefined) return;
    for (const listener of listeners.get(host) ?? []) listener(line);
  };
  view.clusters.onChange((change) => {
    const object = changedObject(change);
    if (isOnlyReported(change)) return;
    tell(placedOn(object), change.type === "deleted" ? goneLine(object) : clusterLine(object));
  });
  view.hosts.onChange((change) => {
    if (change.type === "deleted" || isOnlyReported(change)) return;
    tell(change.object.metadata.name, hostLine(change.object));
  });
  return {
    subscribe(host, listener) {
      const known = view.hosts.get(host);
      if (known) listener(hostLine(known));
      for (const object of view.clusters.byIndex("host", host)) listener(clusterLine(object));
      listener({ type: "synced" });
      const mine = listeners.get(host) ?? new Set();
      listeners.set(host, mine.add(listener));
      return () => {
        mine.delete(listener);
        if (mine.size === 0 && listeners.get(host) === mine) listeners.delete(host);
      };
    },
  };
}

/** The host of an object that is mirrored; the hub's own host reads the objects themselves. */
export function placedOn(object: KubeObject): string | undefined {
  const host = (object.status as NestedCluster["status"])?.host;
  return host === names.localHost ? undefined : host;
}

/** True for what hosts report themselves: telling them would go in circles. */
function isOnlyReported(change: Change): boolean {
  if (change.type !== "modified") return false;
  const { previous, object } = change;
  const [before, after] = [previous.metadata, object.metadata];
  return (
    before.uid === after.uid &&
    before.generation === after.generation &&
    before.deletionTimestamp === after.deletionTimestamp &&
    JSON.stringify([before.annotations, before.labels]) === JSON.stringify([after.annotations, after.labels]) &&
    placedOn(previous) === placedOn(object)
  );
}

function hostLine({ spec, metadata }: KubeObject): WantedLine {
  return { type: "host", spec: spec as Record<string, unknown>, removing: metadata.deletionTimestamp !== undefined };
}

function clusterLine({ metadata, spec }: KubeObject): WantedLine {
  const { name, namespace = "", uid = "", generation = 0, labels, annotations, deletionTimestamp } = metadata;
  return {
    type: "cluster",
    project: namespace,
    name,
    uid,
    generation,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    spec: spec as Record<string, unknown>,
    deleting: deletionTimestamp !== undefined,
  };
}

function goneLine({ metadata }: KubeObject): WantedLine {
  return { type: "gone", project: metadata.namespace ?? "", name: metadata.name, uid: metadata.uid ?? "" };
}
