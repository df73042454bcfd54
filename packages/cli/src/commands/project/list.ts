import { defineCommand } from "../../command.ts";

export const projectList = defineCommand({
  name: "project list",
  summary: "List the projects that you may see",
  description: `Example:
  inkube project list -o name`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { listProjects } = await import("../../actions/projects.ts");
    await listProjects(context);
  },
});
