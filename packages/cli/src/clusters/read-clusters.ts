import { apiVersion, type NestedCluster, nestedClusters } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { CommandContext } from "../context.ts";
import { asNestedCluster } from "./nested-cluster.ts";

/** Which nested clusters are meant. */
export interface ClusterSelection {
  /** Absent: of every project that the person may see. */
  project?: string;
  host?: string | undefined;
  group?: string | undefined;
  phase?: string | undefined;
  /** Label selector: `team=claims,!old`. */
  label?: string | undefined;
}

/** Those that fit: of a hub what the person may see there, of a host all. */
export async function readClusters(selection: ClusterSelection, context: CommandContext): Promise<KubeObject[]> {
  const { project, label } = selection;
  const hub = await context.hubInUse();
  if (hub) return (await hub.list<KubeObject>("/api/v1/clusters", { ...selection })).map(withKind);
  const host = await context.host();
  const { items } = await host.list(nestedClusters, {
    ...(project !== undefined && { namespace: project }),
    ...(label !== undefined && { labelSelector: label }),
    signal: context.signal,
  });
  return items.filter((object) => fits(asNestedCluster(object), selection)).map(withKind);
}

function fits({ spec, status }: NestedCluster, { host, group, phase }: ClusterSelection): boolean {
  const is = (wanted: string | undefined, found: string | undefined): boolean =>
    wanted === undefined || wanted === found;
  return is(host, status?.host ?? spec.host) && is(group, spec.group) && is(phase, status?.phase ?? "Pending");
}

/** Objects of a list may leave it out, and files need it. */
function withKind(object: KubeObject): KubeObject {
  return { ...object, apiVersion, kind: nestedClusters.kind };
}
