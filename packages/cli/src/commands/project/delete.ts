import { defineCommand } from "../../command.ts";

export const projectDelete = defineCommand({
  name: "project delete",
  summary: "Delete a project that has no nested clusters",
  arguments: [{ name: "name", description: "name of the project", required: true }],
  options: {},
  async run({ args }, context) {
    const { deleteProject } = await import("../../actions/projects.ts");
    await deleteProject(args.name, context);
  },
});
