import { defineCommand } from "../../command.ts";
import { dryRun } from "../common-options.ts";

export const projectCreate = defineCommand({
  name: "project create",
  summary: "Create a project",
  description: `Example:
  inkube project create team-a --description "Shop and stock"`,
  arguments: [{ name: "name", description: "name of the project", required: true }],
  options: {
    description: { kind: "string", placeholder: "TEXT", description: "what it is for" },
    "dry-run": dryRun,
  },
  async run({ args, options }, context) {
    const { createProject } = await import("../../actions/projects.ts");
    await createProject(args.name, options, context);
  },
});
