import { defineCommand } from "../../command.ts";
import { deleting } from "../common-options.ts";

export const projectDelete = defineCommand({
  name: "project delete",
  summary: "Delete a project",
  description: `One that has nested clusters is refused. With --force they are deleted first, with all workloads and data, and none of
them when you may not delete one.

Example:
  inkube project delete team-a
  inkube project delete team-a --force`,
  arguments: [{ name: "name", description: "name of the project", required: true }],
  options: {
    ...deleting,
    force: { kind: "boolean", description: "delete its nested clusters first, with all workloads and data" },
  },
  async run({ args, options }, context) {
    const { deleteProject } = await import("../../actions/projects.ts");
    await deleteProject(args.name, options, context);
  },
});
