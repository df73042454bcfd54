import type { CommandContext } from "../context.ts";
import { type DeleteFlags, deleteByHub, plainDeletion } from "../hub/delete-by-hub.ts";
import { printAnswer, printRows } from "../hub/print-rows.ts";
import { roleName } from "../hub/roles.ts";

const path = "/api/v1/filters";

interface AccessFilter {
  name: string;
  selector: string;
  role: string;
  subjects: { kind: "User" | "Group"; name: string }[];
  projects?: string[];
}

export interface FilterFlags {
  selector: string;
  role: string;
  user: string[];
  group: string[];
  projects: string[];
  "dry-run": boolean;
}

/** Gives users and groups a role on those nested clusters that have the labels. */
export async function createFilter(name: string, flags: FilterFlags, context: CommandContext): Promise<void> {
  const { selector, role, user, group, projects, "dry-run": dryRun } = flags;
  const filter: AccessFilter = {
    name,
    selector,
    role: roleName(role),
    subjects: [
      ...user.map((one) => ({ kind: "User" as const, name: one })),
      ...group.map((one) => ({ kind: "Group" as const, name: one })),
    ],
    ...(projects.length > 0 && { projects }),
  };
  const made = await (await context.hub()).call<AccessFilter>("POST", `${path}?dryRun=${dryRun}`, filter);
  const said = dryRun ? `Access filter ${name} could be created (dry run)` : `Created access filter ${name}`;
  await printAnswer(made, said, context);
}

/** Prints the access filters of the hub. */
export async function listFilters(context: CommandContext): Promise<void> {
  const { items } = await (await context.hub()).call<{ items: AccessFilter[] }>("GET", path);
  await printRows(
    items,
    {
      header: ["NAME", "LABELS", "ROLE", "WHO", "PROJECTS"],
      row: ({ name, selector, role, subjects, projects }) => [
        name,
        selector,
        role,
        subjects.map((one) => (one.kind === "Group" ? `group ${one.name}` : one.name)).join(", "),
        projects?.join(", ") ?? "all",
      ],
      nameOf: ({ name }) => `filter/${name}`,
      none: "There are no access filters",
    },
    context,
  );
}

/** Takes what the filter gave. */
export function deleteFilter(name: string, flags: DeleteFlags, context: CommandContext): Promise<void> {
  return deleteByHub(plainDeletion("access filter", path, { name }), flags, context);
}
