import { AppError } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { givenFields } from "../clusters/given-fields.ts";
import type { CommandContext } from "../context.ts";
import { type MetricsServerFlags, metricsServerOf } from "../hub/metrics-server.ts";
import { onOrOff } from "../hub/on-or-off.ts";
import { printChanged } from "../hub/print-changed.ts";
import { projectsPatch } from "../hub/projects-patch.ts";
import { hintAtRecord } from "../hub/wildcard-record.ts";

export interface HostChanges extends MetricsServerFlags {
  nesting: string | undefined;
  endpoint: string | undefined;
  domain: string | undefined;
  addresses: string[];
  "ingress-class": string | undefined;
  gateway: string | undefined;
  projects: string[];
  "all-projects": boolean;
  storage: string | undefined;
  distro: string | undefined;
  version: string | undefined;
  "service-cidr": string | undefined;
  description: string | undefined;
  "dry-run": boolean;
}

/** Changes what is said of a host. Throws AppError USAGE when nothing is. */
export async function changeHost(name: string, flags: HostChanges, context: CommandContext): Promise<void> {
  const spec = hostPatch(flags);
  if (!spec) {
    throw new AppError("USAGE", "Nothing was said that would change", { todo: "See inkube host update --help." });
  }
  const { "dry-run": dryRun } = flags;
  const path = `/api/v1/hosts/${encodeURIComponent(name)}?dryRun=${dryRun}`;
  const changed = await (await context.hub()).call<KubeObject>("PATCH", path, { spec });
  await printChanged(changed, { subject: `Host ${name}`, resource: "hostcluster.inkube.dev", dryRun }, context);
  if (!dryRun) hintAtRecord(name, flags.domain, context);
}

/** The merge patch of the spec that the options mean; undefined when they mean none. */
export function hostPatch(flags: Omit<HostChanges, "dry-run">): Record<string, unknown> | undefined {
  const className = flags["ingress-class"];
  return givenFields({
    nesting: onOrOff("nesting", flags.nesting),
    description: flags.description,
    projects: projectsPatch(flags),
    defaultDistro: flags.distro,
    defaultVersion: flags.version,
    serviceCIDR: flags["service-cidr"],
    metricsServer: metricsServerOf(flags),
    capacity: givenFields({ storage: flags.storage }),
    endpoint: givenFields({
      type: flags.endpoint,
      domain: flags.domain,
      addresses: flags.addresses.length > 0 ? flags.addresses : undefined,
      ingress: givenFields({ className }),
      gateway: flags.gateway === undefined ? undefined : gatewayOf(flags.gateway),
    }),
  });
}

function gatewayOf(text: string): { namespace: string; name: string } {
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw new AppError("USAGE", `--gateway ${text} cannot be understood`, { todo: "Write --gateway NAMESPACE/NAME." });
}
