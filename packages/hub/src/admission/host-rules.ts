import { type HostCluster, names } from "@inkube/api";
import { hostOf, type KnownFleet, pathOf } from "./known-fleet.ts";
import { type Cause, cause, type Refusal, refusalFor, someOf } from "./refusal.ts";

/** While nested clusters are on a host, what they rely on stays: nesting, the type of their endpoints, the agent's rights. Pure. */
export function judgeHost(host: HostCluster, before: HostCluster, known: KnownFleet): Refusal | undefined {
  const [now, then] = [host.spec, before.spec];
  const taken: [field: string, isTaken: boolean, what: string][] = [
    ["spec.nesting", then.nesting && !now.nesting, "nesting cannot be turned off"],
    [
      "spec.endpoint.type",
      then.endpoint.type !== undefined && now.endpoint.type !== then.endpoint.type,
      `endpoint type ${then.endpoint.type} cannot be changed`,
    ],
    ["spec.access", then.access === "full" && now.access === "read-only", "access cannot become read-only"],
  ];
  const there = clustersOn(host.metadata.name, known);
  if (there.length === 0) return undefined;
  const causes = taken.flatMap(([field, isTaken, what]): Cause[] =>
    isTaken ? [cause("HostInUse", field, `While there are ${someOf(there)}, ${what}`)] : [],
  );
  return refusalFor(422, causes);
}

/** A host leaves when nothing of the hub's is on it; the hub's own never. Pure. */
export function judgeHostDeletion(name: string, known: KnownFleet): Refusal | undefined {
  if (name === names.localHost) return refusalFor(403, [cause("HostIsOwn", "metadata.name", "")]);
  const there = clustersOn(name, known);
  if (there.length === 0) return undefined;
  return refusalFor(409, [cause("HostInUse", "metadata.name", `On host ${name}: ${someOf(there)}`)]);
}

function clustersOn(name: string, { clusters }: KnownFleet): string[] {
  return clusters.filter((cluster) => hostOf(cluster) === name).map(pathOf);
}
