import type { CommandContext } from "../context.ts";
import { type DeleteFlags, deleteByHub } from "../hub/delete-by-hub.ts";
import { printAnswer } from "../hub/print-rows.ts";
import { ageOf } from "../output/duration.ts";
import { printable } from "../output/printable.ts";
import { structured } from "../output/structured.ts";
import { table } from "../output/table.ts";

const path = "/api/v1/projects";

interface Project {
  name: string;
  description: string;
  createdAt?: string;
  clusters: number;
  deleting: boolean;
}

/** Creates a project. */
export async function createProject(
  name: string,
  flags: { description: string | undefined; "dry-run": boolean },
  context: CommandContext,
): Promise<void> {
  const { description, "dry-run": dryRun } = flags;
  const body = { name, ...(description && { description }) };
  const made = await (await context.hub()).call<Project>("POST", `${path}?dryRun=${dryRun}`, body);
  const said = dryRun ? `Project ${name} could be created (dry run)` : `Created project ${name}`;
  await printAnswer(made, said, context);
}

/** Prints the projects that the person may see. */
export async function listProjects(context: CommandContext): Promise<void> {
  const { io, globals, clock } = context;
  const projects = await (await context.hub()).list<Project>(path);
  const text = await structured({ items: projects }, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  if (globals.output === "name") return io.stdout.write(projects.map(({ name }) => `project/${name}\n`).join(""));
  if (projects.length === 0) return io.stderr.write("There are no projects that you may see\n");
  const rows = projects.map((one) => [
    one.name,
    String(one.clusters),
    ageOf(one.createdAt, clock.now()),
    one.description,
  ]);
  io.stdout.write(
    table(
      ["NAME", "CLUSTERS", "AGE", "DESCRIPTION"],
      rows.map((row) => row.map(printable)),
    ),
  );
}

/** Deletes a project; one with nested clusters only by force, and them first. */
export function deleteProject(
  name: string,
  { force, ...flags }: DeleteFlags & { force: boolean },
  context: CommandContext,
): Promise<void> {
  const along = force ? " with all its nested clusters, their workloads and their data" : "";
  const deletion = {
    question: `Delete project ${name}${along}?`,
    path: `${path}/${encodeURIComponent(name)}`,
    ...(force && { query: { force: "true" } }),
    subject: { name },
    outcome: { deleting: true },
    done: `Project ${name} is being deleted${along}`,
    possible: `Project ${name} could be deleted${along}`,
  };
  return deleteByHub(deletion, flags, context);
}
