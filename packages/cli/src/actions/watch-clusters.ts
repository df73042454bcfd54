import { AppError, type NestedCluster } from "@inkube/api";
import type { CommandContext } from "../context.ts";
import { followChanges } from "../hub/follow-changes.ts";
import { printable } from "../output/printable.ts";
import { structured } from "../output/structured.ts";
import type { ListFlags } from "./list-clusters.ts";

const widths = { event: 10, project: 16, name: 24, phase: 14 } as const;

/** Prints nested clusters as they are and then every change, until the person stops it. */
export async function watchClusters(flags: ListFlags, context: CommandContext): Promise<void> {
  const { "all-projects": allProjects, host, group, label } = flags;
  if (flags.phase !== undefined) {
    throw new AppError("USAGE", "--phase and --watch cannot both be given", { todo: "Leave one of them out." });
  }
  const { io, globals } = context;
  const hub = await context.hub();
  const query = { kind: "clusters", project: allProjects ? undefined : globals.project, host, group, label };
  if (globals.output === undefined || globals.output === "wide") io.stdout.write(headerLine());
  for await (const { type, object } of followChanges(hub, query, context)) {
    io.stdout.write(await eventText(type, object as unknown as NestedCluster, globals.output));
  }
}

async function eventText(
  type: string,
  object: NestedCluster,
  format: CommandContext["globals"]["output"],
): Promise<string> {
  if (format === "json") return `${JSON.stringify({ type, object })}\n`;
  if (format === "yaml") return `---\n${await structured({ type, object }, format)}`;
  const { name, namespace = "" } = object.metadata;
  if (format === "name") return `nestedcluster.inkube.dev/${printable(name)}\n`;
  const { status, spec } = object as { status?: NestedCluster["status"]; spec?: NestedCluster["spec"] };
  const phase = type === "deleted" ? "-" : (status?.phase ?? "Pending");
  return line([type, namespace, name, phase, status?.host ?? spec?.host ?? "-"]);
}

function headerLine(): string {
  return line(["EVENT", "PROJECT", "NAME", "PHASE", "HOST"]);
}

/** Columns of a width of their own: what comes later is not known yet. */
function line(cells: readonly string[]): string {
  const room = Object.values(widths);
  return `${cells
    .map((cell, index) => printable(cell).padEnd(room[index] ?? 0))
    .join(" ")
    .trimEnd()}\n`;
}
