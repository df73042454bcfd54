import { AppError } from "@inkube/api";
import { givenFields } from "../clusters/given-fields.ts";
import type { CommandContext } from "../context.ts";
import { onOrOff } from "../hub/on-or-off.ts";
import { printAnswer } from "../hub/print-rows.ts";
import { structured } from "../output/structured.ts";
import { table } from "../output/table.ts";

const path = "/api/v1/settings/user-quota";
const gibibyte = 2 ** 30;

interface Quota {
  enabled: boolean;
  clusters: number;
  cpu: number;
  memoryGiB: number;
  storageGiB: number;
  separateGroups: string[];
  hideSeparateGroups: boolean;
}

type Figure = { used: number; allowed: number; free: number };
type Budget = Record<"clusters" | "cpu" | "memory" | "storage", Figure>;

export interface QuotaFlags {
  enforce: string | undefined;
  clusters: number | undefined;
  cpu: number | undefined;
  memory: number | undefined;
  storage: number | undefined;
  "separate-groups": string[];
  "one-budget": boolean;
  "hide-separate-groups": string | undefined;
  "dry-run": boolean;
}

/** Prints the quota of each user. */
export async function showQuota(context: CommandContext): Promise<void> {
  const quota = await (await context.hub()).call<Quota>("GET", path);
  await printAnswer(quota, textOf(quota), context);
}

/** Changes what is said of it and leaves the rest. Throws AppError USAGE when nothing is said. */
export async function setQuota(flags: QuotaFlags, context: CommandContext): Promise<void> {
  const groups = flags["separate-groups"];
  const changed = givenFields({
    enabled: onOrOff("enforce", flags.enforce),
    clusters: flags.clusters,
    cpu: flags.cpu,
    memoryGiB: flags.memory,
    storageGiB: flags.storage,
    separateGroups: flags["one-budget"] ? [] : groups.length > 0 ? groups : undefined,
    hideSeparateGroups: onOrOff("hide-separate-groups", flags["hide-separate-groups"]),
  });
  if (!changed)
    throw new AppError("USAGE", "Nothing was said that would change", { todo: "See inkube quota set --help." });
  const hub = await context.hub();
  const wanted = { ...(await hub.call<Quota>("GET", path)), ...changed };
  const quota = await hub.call<Quota>("PUT", `${path}?dryRun=${flags["dry-run"]}`, wanted);
  await printAnswer(quota, `${textOf(quota)}${flags["dry-run"] ? " (dry run)" : ""}`, context);
}

function textOf({ enabled, clusters, cpu, memoryGiB, storageGiB, separateGroups, hideSeparateGroups }: Quota): string {
  const most = `${clusters} nested clusters, ${cpu} CPU, ${memoryGiB}Gi memory, ${storageGiB}Gi storage`;
  const apart =
    separateGroups.length === 0
      ? ""
      : `; as much again in${hideSeparateGroups ? " hidden" : ""} groups ${separateGroups.join(", ")}`;
  return `Each user may have ${most}${apart}${enabled ? "" : " (not enforced)"}`;
}

/** Prints what one's own nested clusters take of one's quota. */
export async function showUsage(context: CommandContext): Promise<void> {
  const usage = await (await context.hub()).call<{ limited: boolean; budget: Budget; separate?: Budget }>(
    "GET",
    "/api/v1/me/usage",
  );
  const { io, globals, progress } = context;
  const text = await structured(usage, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  const rows = [...rowsOf("", usage.budget), ...(usage.separate ? rowsOf("separate ", usage.separate) : [])];
  io.stdout.write(table(["WHAT", "USED", "ALLOWED", "FREE"], rows));
  if (!usage.limited) progress.log("The quota is not enforced for you.");
}

function rowsOf(prefix: string, budget: Budget): string[][] {
  return (["clusters", "cpu", "memory", "storage"] as const).map((what) => {
    const isBytes = what === "memory" || what === "storage";
    const amount = (value: number): string => (isBytes ? `${round(value / gibibyte)}Gi` : String(round(value)));
    const { used, allowed, free } = budget[what];
    return [`${prefix}${what}`, amount(used), amount(allowed), amount(free)];
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
