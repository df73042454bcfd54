import { apiVersion, conditionTypes, getCondition, type NestedCluster, nestedClusters } from "@inkube/api";
import { asNestedCluster } from "../clusters/nested-cluster.ts";
import type { CommandContext } from "../context.ts";
import { ageOf } from "../output/duration.ts";
import { printable } from "../output/printable.ts";
import { structured, withoutManagedFields } from "../output/structured.ts";
import { table } from "../output/table.ts";

/** Prints the nested clusters of one project or of all. */
export async function listClusters(allProjects: boolean, context: CommandContext): Promise<void> {
  const { globals, io } = context;
  const host = await context.host();
  const scope = allProjects ? {} : { namespace: globals.project };
  const { items } = await host.list(nestedClusters, { ...scope, signal: context.signal });
  const text = await structured(
    { apiVersion, kind: "NestedClusterList", items: items.map(withoutManagedFields) },
    globals.output,
  );
  if (text !== undefined) return io.stdout.write(text);
  const clusters = items.map(asNestedCluster);
  if (globals.output === "name") {
    return io.stdout.write(clusters.map((cluster) => `nestedcluster.inkube.dev/${cluster.metadata.name}\n`).join(""));
  }
  if (clusters.length === 0) {
    const where = allProjects ? "on this host" : `in project ${globals.project}`;
    return io.stderr.write(`There are no nested clusters ${where}\n`);
  }
  const wide = globals.output === "wide";
  const header = [
    ...(allProjects ? ["PROJECT"] : []),
    ...["NAME", "DISTRO", "VERSION", "PHASE", "READY", "AGE"],
    ...(wide ? ["ENDPOINT", "NAMESPACE", "SYNCER"] : []),
  ];
  const now = context.clock.now();
  io.stdout.write(
    table(
      header,
      clusters.map((cluster) => row(cluster, { allProjects, wide, now })),
    ),
  );
}

function row(cluster: NestedCluster, shape: { allProjects: boolean; wide: boolean; now: number }): string[] {
  const { metadata, spec, status } = cluster;
  return [
    ...(shape.allProjects ? [metadata.namespace ?? ""] : []),
    metadata.name,
    status?.distro ?? spec.distro ?? "-",
    status?.version ?? spec.version ?? "-",
    status?.phase ?? "Pending",
    readiness(cluster),
    ageOf(metadata.creationTimestamp, shape.now),
    ...(shape.wide ? [status?.endpoint?.url ?? "-", status?.namespace ?? "-", spec.syncer] : []),
  ].map(printable);
}

function readiness(cluster: NestedCluster): string {
  const ready = getCondition(cluster.status?.conditions, conditionTypes.ready);
  if (!ready) return "Unknown";
  return ready.status === "True" ? "True" : `${ready.status} (${ready.reason})`;
}
