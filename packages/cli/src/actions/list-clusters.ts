import { apiVersion, conditionTypes, getCondition, type NestedCluster } from "@inkube/api";
import { asNestedCluster } from "../clusters/nested-cluster.ts";
import { type ClusterSelection, readClusters } from "../clusters/read-clusters.ts";
import type { CommandContext } from "../context.ts";
import { ageOf } from "../output/duration.ts";
import { printable } from "../output/printable.ts";
import { structured, withoutManagedFields } from "../output/structured.ts";
import { table } from "../output/table.ts";

export interface ListFlags extends Omit<ClusterSelection, "project"> {
  "all-projects": boolean;
}

/** Prints the nested clusters of one project or of all. */
export async function listClusters(flags: ListFlags, context: CommandContext): Promise<void> {
  const { globals, io } = context;
  const { "all-projects": allProjects, ...narrowing } = flags;
  const items = await readClusters({ ...narrowing, ...(!allProjects && { project: globals.project }) }, context);
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
    const such = Object.values(narrowing).some((value) => value !== undefined)
      ? "such nested clusters"
      : "nested clusters";
    const where = allProjects ? "here" : `in project ${globals.project}`;
    return io.stderr.write(`There are no ${such} ${where}\n`);
  }
  const shape = { allProjects, wide: globals.output === "wide", now: context.clock.now() };
  io.stdout.write(
    table(
      clusterHeader(shape),
      clusters.map((cluster) => clusterRow(cluster, shape)),
    ),
  );
}

/** What of nested clusters is shown. */
export interface ClusterColumns {
  allProjects: boolean;
  wide: boolean;
  /** Epoch, ms. */
  now: number;
}

export function clusterHeader({ allProjects, wide }: ClusterColumns): string[] {
  return [
    ...(allProjects ? ["PROJECT"] : []),
    ...["NAME", "DISTRO", "VERSION", "PHASE", "READY", "AGE"],
    ...(wide ? ["HOST", "ENDPOINT", "NAMESPACE", "SYNCER"] : []),
  ];
}

/** Safe to print. */
export function clusterRow(cluster: NestedCluster, { allProjects, wide, now }: ClusterColumns): string[] {
  const { metadata, spec, status } = cluster;
  const more = [status?.host ?? spec.host ?? "-", status?.endpoint?.url ?? "-", status?.namespace ?? "-", spec.syncer];
  return [
    ...(allProjects ? [metadata.namespace ?? ""] : []),
    metadata.name,
    status?.distro ?? spec.distro ?? "-",
    status?.version ?? spec.version ?? "-",
    status?.phase ?? "Pending",
    readiness(cluster),
    ageOf(metadata.creationTimestamp, now),
    ...(wide ? more : []),
  ].map(printable);
}

function readiness(cluster: NestedCluster): string {
  const ready = getCondition(cluster.status?.conditions, conditionTypes.ready);
  if (!ready) return "Unknown";
  return ready.status === "True" ? "True" : `${ready.status} (${ready.reason})`;
}
