import { type HostCluster, type NestedCluster, names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { CommandContext } from "../context.ts";
import { type DeleteFlags, deleteByHub } from "../hub/delete-by-hub.ts";
import { problemOf } from "../hub/imports.ts";
import { printObject, printObjects } from "../hub/print-objects.ts";
import { recordOf } from "../hub/wildcard-record.ts";
import { ageOf } from "../output/duration.ts";

const path = "/api/v1/hosts";

function asHost(object: KubeObject): HostCluster {
  return object as unknown as HostCluster;
}

/** Prints the hosts of the hub. */
export async function listHosts(context: CommandContext): Promise<void> {
  const hub = await context.hub();
  const now = context.clock.now();
  await printObjects(
    await hub.list<KubeObject>(path),
    {
      kind: "HostCluster",
      resource: "hostcluster.inkube.dev",
      header: ["NAME", "PHASE", "ACCESS", "NESTING", "ENDPOINT", "VERSION", "NODES", "HEARTBEAT"],
      none: "There are no hosts",
      row: (object) => {
        const { metadata, spec, status } = asHost(object);
        return [
          metadata.name,
          phaseOf(asHost(object)),
          spec.access,
          spec.unschedulable ? "draining" : spec.nesting ? "on" : "off",
          spec.endpoint.type ?? "-",
          status?.version ?? "-",
          String(status?.nodes ?? "-"),
          status?.heartbeat ? `${ageOf(status.heartbeat, now)} ago` : "never",
        ];
      },
    },
    context,
  );
}

function phaseOf({ metadata, status }: HostCluster): string {
  return metadata.deletionTimestamp ? "Removing" : (status?.phase ?? "Importing");
}

/** Prints one host and the nested clusters on it. */
export async function describeHost(name: string, context: CommandContext): Promise<void> {
  const hub = await context.hub();
  const [object, clusters] = await Promise.all([
    hub.call<KubeObject>("GET", `${path}/${name}`),
    hub.list<KubeObject>("/api/v1/clusters", { host: name }),
  ]);
  const { spec, status } = asHost(object);
  const capacity = (status?.capacity ?? {}) as Record<string, string | number>;
  const record = recordOf(asHost(object));
  const lines = [
    `Host        ${name}`,
    `Phase       ${phaseOf(asHost(object))}${status?.phase === "Failed" ? `: ${problemOf(asHost(object))}` : ""}`,
    `Access      ${accessOf(asHost(object))}`,
    `Nesting     ${spec.nesting ? "on" : "off"}${spec.unschedulable ? ", draining" : ""}`,
    `Endpoint    ${spec.endpoint.type ?? "-"}${spec.endpoint.domain ? ` ${spec.endpoint.domain}` : ""}`,
    ...(record === undefined ? [] : [`DNS         ${record}`]),
    `Version     ${status?.version ?? "-"} (agent ${status?.agentVersion ?? "-"})`,
    `Nodes       ${status?.nodes ?? "-"}`,
    `Capacity    ${
      Object.entries(capacity)
        .map(([resource, amount]) => `${resource} ${amount}`)
        .join(", ") || "-"
    }`,
    `Usage       ${usage(asHost(object))}`,
    `Heartbeat   ${status?.heartbeat ?? "never"}`,
    `Clusters    ${clusters.length === 0 ? "none" : ""}`,
    ...clusters.map((one) => {
      const cluster = one as unknown as NestedCluster;
      const { cpu, memory } = cluster.spec.size;
      return `  ${cluster.metadata.namespace}/${cluster.metadata.name}  ${cluster.status?.phase ?? "Pending"}  cpu ${cpu}, memory ${memory}`;
    }),
  ];
  await printObject(object, lines, context);
}

/** What is wanted, and what is there while the command of the import was not run. */
function accessOf({ spec, status }: HostCluster): string {
  const now = status?.access;
  return now === undefined || now === spec.access ? spec.access : `${spec.access}, now ${now}: run inkube host import`;
}

const metricsServerChart =
  "helm upgrade --install metrics-server metrics-server --repo https://kubernetes-sigs.github.io/metrics-server -n kube-system";

function usage({ metadata, spec, status }: HostCluster): string {
  if (status?.metrics === undefined) return "-";
  if (status.metrics === "available") return "measured by the host's Metrics API";
  const isImported = metadata.name !== names.localHost;
  const isBrought = isImported && status.access === "full" && spec.metricsServer?.install !== "Never";
  const why = isBrought
    ? "how the one is that the agent brings: kubectl -n inkube-system get pods -l app.kubernetes.io/name=inkube-metrics-server"
    : `to have one: ${metricsServerChart}`;
  return `unavailable: the host serves no Metrics API that answers; ${why}`;
}

/** Stops or starts placement on a host; what is there stays. */
export async function setDraining(
  name: string,
  { undo, "dry-run": dryRun }: { undo: boolean; "dry-run": boolean },
  context: CommandContext,
): Promise<void> {
  const hub = await context.hub();
  const url = `${path}/${encodeURIComponent(name)}?dryRun=${dryRun}`;
  const object = await hub.call<KubeObject>("PATCH", url, { spec: { unschedulable: !undo } });
  const [is, would] = undo
    ? ["takes nested clusters again", "would take nested clusters again"]
    : ["takes nothing new; what is there stays", "would take nothing new; what is there would stay"];
  await printObject(object, [`Host ${name} ${dryRun ? `${would} (dry run)` : is}`], context);
}

/** Removes a host from the hub: its agent takes itself off the cluster, everything else there stays. */
export function removeHost(name: string, flags: DeleteFlags, context: CommandContext): Promise<void> {
  const deletion = {
    question: `Remove host ${name} from the hub?`,
    path: `${path}/${encodeURIComponent(name)}`,
    subject: { name },
    outcome: { removing: true },
    done: `Host ${name} is being removed`,
    possible: `Host ${name} could be removed`,
  };
  return deleteByHub(deletion, flags, context);
}
