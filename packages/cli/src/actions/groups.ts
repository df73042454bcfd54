import { apiVersion, type ClusterGroup } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { readAdvancedFile } from "../clusters/advanced-file.ts";
import type { CommandContext } from "../context.ts";
import { amounts } from "../hub/amounts.ts";
import { type DeleteFlags, deleteByHub, plainDeletion } from "../hub/delete-by-hub.ts";
import { printObject, printObjects } from "../hub/print-objects.ts";
import { ageOf } from "../output/duration.ts";

const path = "/api/v1/groups";

function asGroup(object: KubeObject): ClusterGroup {
  return object as unknown as ClusterGroup;
}

export interface GroupFlags {
  hosts: string[];
  endpoint: string | undefined;
  oversubscription: number | undefined;
  distro: string | undefined;
  projects: string[];
  description: string | undefined;
  limit: string[];
  minimum: string[];
  "advanced-file": string | undefined;
  "dry-run": boolean;
}

/** Creates a cluster group. */
export async function createGroup(name: string, flags: GroupFlags, context: CommandContext): Promise<void> {
  const hub = await context.hub();
  const advanced = flags["advanced-file"] && (await readAdvancedFile(flags["advanced-file"]));
  const spec = {
    hosts: flags.hosts.map((host) => ({ name: host })),
    ...(flags.endpoint && { endpointType: flags.endpoint }),
    ...(flags.oversubscription !== undefined && { oversubscription: flags.oversubscription }),
    ...(flags.distro && { distro: flags.distro }),
    ...(flags.projects.length > 0 && { projects: flags.projects }),
    ...(flags.description && { description: flags.description }),
    ...(flags.limit.length > 0 && { limits: amounts("limit", flags.limit) }),
    ...(flags.minimum.length > 0 && { minimum: amounts("minimum", flags.minimum) }),
    ...(advanced && { advanced }),
  };
  const wanted = { apiVersion, kind: "ClusterGroup", metadata: { name }, spec };
  const dryRun = flags["dry-run"];
  const object = await hub.call<KubeObject>("POST", `${path}?dryRun=${dryRun}`, wanted);
  await printObject(object, [dryRun ? `Group ${name} could be created (dry run)` : `Created group ${name}`], context);
}

/** Prints the groups that the person may use. */
export async function listGroups(context: CommandContext): Promise<void> {
  const hub = await context.hub();
  const now = context.clock.now();
  await printObjects(
    await hub.list<KubeObject>(path),
    {
      kind: "ClusterGroup",
      resource: "clustergroup.inkube.dev",
      header: ["NAME", "HOSTS", "ENDPOINT", "DISTRO", "OVERSUBSCRIPTION", "AGE"],
      none: "There are no groups",
      row: (object) => {
        const { metadata, spec } = asGroup(object);
        const hosts = spec.hosts.map((host) => host.name).join(",") || "-";
        return [
          metadata.name,
          hosts,
          spec.endpointType,
          spec.distro,
          `${spec.oversubscription} %`,
          ageOf(metadata.creationTimestamp, now),
        ];
      },
    },
    context,
  );
}

/** Prints one group. */
export async function describeGroup(name: string, context: CommandContext): Promise<void> {
  const object = await (await context.hub()).call<KubeObject>("GET", `${path}/${name}`);
  const { spec } = asGroup(object);
  const amountsOf = (all: { cpu: string | number; memory: string | number; storage: string | number }): string =>
    `cpu ${all.cpu}, memory ${all.memory}, storage ${all.storage}`;
  const lines = [
    `Group             ${name}`,
    ...(spec.description ? [`Description       ${spec.description}`] : []),
    `Hosts             ${spec.hosts.map((host) => `${host.name}${host.draining ? " (draining)" : ""}`).join(", ") || "none"}`,
    `Projects          ${spec.projects?.join(", ") ?? "all"}`,
    `Endpoint          ${spec.endpointType}`,
    `Distro            ${spec.distro}`,
    `Oversubscription  ${spec.oversubscription} %`,
    `Limits            ${amountsOf(spec.limits)}`,
    `Minimum           ${amountsOf(spec.minimum)}`,
    ...(spec.advanced ? [`Advanced          ${JSON.stringify(spec.advanced)}`] : []),
  ];
  await printObject(object, lines, context);
}

/** Deletes a group that no nested cluster belongs to. */
export function deleteGroup(name: string, flags: DeleteFlags, context: CommandContext): Promise<void> {
  return deleteByHub(plainDeletion("group", path, { name }), flags, context);
}
