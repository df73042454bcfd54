import type { CommandContext } from "../context.ts";
import { ageOf } from "../output/duration.ts";
import { printable } from "../output/printable.ts";
import { structured } from "../output/structured.ts";
import { table } from "../output/table.ts";
import { mustBeConfirmed } from "./confirm.ts";

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
  description: string | undefined,
  context: CommandContext,
): Promise<void> {
  const made = await (await context.hub()).call<Project>("POST", path, { name, ...(description && { description }) });
  context.io.stdout.write((await structured(made, context.globals.output)) ?? `Created project ${name}\n`);
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

/** Deletes a project without nested clusters. */
export async function deleteProject(name: string, flags: { yes: boolean }, context: CommandContext): Promise<void> {
  await mustBeConfirmed(`Delete project ${name}?`, flags.yes, context);
  await (await context.hub()).call("DELETE", `${path}/${name}`);
  const { io, globals } = context;
  io.stdout.write(
    globals.output === "json" ? `${JSON.stringify({ name, deleting: true })}\n` : `Project ${name} is being deleted\n`,
  );
}
