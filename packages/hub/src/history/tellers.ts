import { conditionTypes, getCondition, type HostCluster, type NestedCluster } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { EventEntry } from "../store/index.ts";
import { conditionTold, type Happening, happening, lifeOf, type Teller } from "./happening.ts";

/** What a phase of a host means, where more can be said than its name. */
const hostWords: Record<string, string> = {
  Running: "Its agent is connected.",
  Unhealthy: "Its agent has been silent for ten minutes.",
};

/** Phases about which somebody may have to do something. */
const bad: ReadonlySet<string | undefined> = new Set(["Degraded", "Failed", "Unhealthy"]);

/** Nested clusters: made, placed, ready or why not, reachable or why not, and each phase. */
export const clusterTeller: Teller = {
  told(object, now) {
    const { status } = object as unknown as NestedCluster;
    // Before it has a host, only the search for one is news; what is told then must not depend on when it is told.
    const types =
      status?.host === undefined ? ["Placed"] : ["Placed", conditionTypes.ready, conditionTypes.endpointReachable];
    return [...lifeOf(object, now), ...conditionsTold(status, types, now)];
  },
  seen: (previous, object, now) => phaseSeen(previous, object, now),
};

/** Hosts: added, joined, silent, back, leaving. */
export const hostTeller: Teller = {
  told(object, now) {
    const { status } = object as unknown as HostCluster;
    return [...lifeOf(object, now), ...conditionsTold(status, [conditionTypes.ready], now)];
  },
  seen: (previous, object, now) =>
    phaseSeen(previous, object, now)
      // That it is to come was told when it was made.
      .filter(({ reason }) => reason !== "Importing")
      .map((one) => ({ ...one, message: hostWords[one.reason] ?? one.message })),
};

/** In whose history a nested cluster's events are; of one without a place yet, on no host. */
export function aboutCluster(
  { metadata, status }: KubeObject,
  { id }: Happening,
): Pick<EventEntry, "host" | "project" | "cluster"> {
  // It was created before it was on any host, whenever that is told.
  const host =
    id === "created" || id.startsWith("Placed/False") ? undefined : (status as NestedCluster["status"])?.host;
  return { host: host ?? "", project: metadata.namespace ?? "", cluster: metadata.name };
}

export function aboutHost({ metadata }: KubeObject): Pick<EventEntry, "host"> {
  return { host: metadata.name };
}

function conditionsTold(
  status: NestedCluster["status"] | HostCluster["status"],
  types: readonly string[],
  now: number,
): Happening[] {
  return types.flatMap((type) => {
    const condition = getCondition(status?.conditions, type);
    return condition ? [conditionTold(condition, now)] : [];
  });
}

/** Phases have no time of their own: their changes are told when they are seen. */
function phaseSeen(previous: KubeObject, object: KubeObject, now: number): Happening[] {
  const [before, after] = [previous, object].map(({ status }) => (status as { phase?: string } | undefined)?.phase);
  if (after === undefined || before === after) return [];
  const id = `phase/${after}/${object.metadata.resourceVersion}`;
  const words = happening(id, after, `Its phase was ${before ?? "none"} and is ${after}.`, now);
  return [{ ...words, type: bad.has(after) ? "Warning" : "Normal" }];
}
