import { defineCommand } from "../../command.ts";
import { deleting } from "../common-options.ts";

export const projectDelete = defineCommand({
  name: "project delete",
  summary: "Delete a project that has no nested clusters",
  description: `Example:
  inkube project delete team-a`,
  arguments: [{ name: "name", description: "name of the project", required: true }],
  options: deleting,
  async run({ args, options }, context) {
    const { deleteProject } = await import("../../actions/projects.ts");
    await deleteProject(args.name, options, context);
  },
});
