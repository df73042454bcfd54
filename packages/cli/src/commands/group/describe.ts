import { defineCommand } from "../../command.ts";

export const groupDescribe = defineCommand({
  name: "group describe",
  summary: "Show a cluster group",
  description: `Example:
  inkube group describe europe`,
  arguments: [{ name: "name", description: "name of the group", required: true }],
  options: {},
  async run({ args }, context) {
    const { describeGroup } = await import("../../actions/groups.ts");
    await describeGroup(args.name, context);
  },
});
