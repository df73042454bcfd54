import { AppError } from "@inkube/api";
import { boundedText } from "./bounded-text.ts";
import { bounds } from "./schema.ts";

/** SQLite takes 32,766 parameters and PostgreSQL 65,535; nobody means so many. */
const maxProjects = 10_000;

/** The projects as they were written, each once. Throws USAGE for more than 10,000. */
export function keptProjects(projects: readonly string[]): string[] {
  const kept = new Set(projects.map((project) => boundedText(project, bounds.key)));
  if (kept.size > maxProjects) throw new AppError("USAGE", `At most ${maxProjects} projects can be asked for at once.`);
  return [...kept];
}
