import { AppError, type ClusterGroup, isAppError } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { readAdvancedPatch } from "../clusters/advanced-file.ts";
import { givenFields } from "../clusters/given-fields.ts";
import type { CommandContext } from "../context.ts";
import { amounts } from "../hub/amounts.ts";
import type { HubClient } from "../hub/hub-client.ts";
import { printChanged } from "../hub/print-changed.ts";
import { projectsPatch } from "../hub/projects-patch.ts";

export interface GroupChanges {
  "add-hosts": string[];
  "remove-hosts": string[];
  domain: string[];
  endpoint: string | undefined;
  oversubscription: number | undefined;
  version: string | undefined;
  projects: string[];
  "all-projects": boolean;
  limit: string[];
  minimum: string[];
  description: string | undefined;
  "advanced-file": string | undefined;
  "dry-run": boolean;
}

type Hosts = ClusterGroup["spec"]["hosts"];
type Patch = Record<string, unknown>;

const mostAttempts = 10;

/** Changes what is said of a cluster group. Throws AppError USAGE when nothing is. */
export async function changeGroup(name: string, flags: GroupChanges, context: CommandContext): Promise<void> {
  const spec = givenFields({
    endpointType: flags.endpoint,
    oversubscription: flags.oversubscription,
    version: flags.version,
    description: flags.description,
    projects: projectsPatch(flags),
    limits: flags.limit.length > 0 ? amounts("limit", flags.limit) : undefined,
    minimum: flags.minimum.length > 0 ? amounts("minimum", flags.minimum) : undefined,
    advanced: flags["advanced-file"] && (await readAdvancedPatch(flags["advanced-file"])),
  });
  const changesHosts = [flags["add-hosts"], flags["remove-hosts"], flags.domain].some((list) => list.length > 0);
  if (!spec && !changesHosts) {
    throw new AppError("USAGE", "Nothing was said that would change", { todo: "See inkube group update --help." });
  }
  const hosts = changesHosts ? (before: Hosts) => changedHosts(name, before, flags) : undefined;
  await patchGroup(name, { spec: spec ?? {}, hosts, dryRun: flags["dry-run"] }, context);
}

/** Stops or starts placement of a group's nested clusters on one of its hosts; what is there stays. */
export async function drainInGroup(
  { group, host }: { group: string; host: string },
  flags: { undo: boolean; "dry-run": boolean },
  context: CommandContext,
): Promise<void> {
  const hosts = (before: Hosts): Hosts => {
    mustHave(group, before, host);
    return before.map((entry) => (entry.name === host ? { ...entry, draining: !flags.undo } : entry));
  };
  await patchGroup(group, { spec: {}, hosts, dryRun: flags["dry-run"] }, context);
}

async function patchGroup(
  name: string,
  change: { spec: Patch; hosts: ((before: Hosts) => Hosts) | undefined; dryRun: boolean },
  context: CommandContext,
): Promise<void> {
  const { spec, hosts, dryRun } = change;
  const hub = await context.hub();
  const path = `/api/v1/groups/${encodeURIComponent(name)}`;
  const send = (patch: Patch): Promise<KubeObject> => hub.call("PATCH", `${path}?dryRun=${dryRun}`, patch);
  const changed = hosts ? await patchHosts(hub, path, { spec, hosts, send }) : await send({ spec });
  await printChanged(changed, { subject: `Group ${name}`, resource: "clustergroup.inkube.dev", dryRun }, context);
}

/**
 * A list is replaced as a whole by a merge patch, so it is read first and only that very state is changed; read again when
 * somebody, most often the hub with its figures, was faster.
 */
async function patchHosts(
  hub: HubClient,
  path: string,
  change: { spec: Patch; hosts: (before: Hosts) => Hosts; send: (patch: Patch) => Promise<KubeObject> },
): Promise<KubeObject> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await hub.call<KubeObject>("GET", path);
    const hosts = change.hosts((before as unknown as ClusterGroup).spec.hosts);
    const { resourceVersion } = before.metadata;
    try {
      return await change.send({ metadata: { resourceVersion }, spec: { ...change.spec, hosts } });
    } catch (error) {
      if (attempt === mostAttempts || !isAppError(error, "KUBE_CONFLICT")) throw error;
    }
  }
}

function changedHosts(group: string, before: Hosts, flags: GroupChanges): Hosts {
  const leaving = flags["remove-hosts"];
  for (const name of leaving) mustHave(group, before, name);
  const joining = flags["add-hosts"].filter((name) => !before.some((entry) => entry.name === name));
  const after = [
    ...before.filter(({ name }) => !leaving.includes(name)),
    ...joining.map((name) => ({ name, draining: false })),
  ];
  const domains = flags.domain.map((text) => domainOf(text));
  for (const [name] of domains) mustHave(group, after, name);
  const wanted = new Map(domains);
  return after.map((entry) => {
    const domain = wanted.get(entry.name);
    return domain === undefined ? entry : { ...entry, domain };
  });
}

function domainOf(text: string): [host: string, domain: string] {
  const [, host, domain] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (host !== undefined && domain !== undefined) return [host, domain];
  throw new AppError("USAGE", `--domain ${text} cannot be understood`, {
    todo: "Write --domain HOST=*.clusters.example.com.",
  });
}

function mustHave(group: string, hosts: Hosts, host: string): void {
  if (hosts.some(({ name }) => name === host)) return;
  throw new AppError("KUBE_NOT_FOUND", `Group ${group} has no host ${host}`, {
    todo: `See which it has with inkube group describe ${group}.`,
  });
}
