import { defineCommand } from "../../command.ts";
import { deleting } from "../common-options.ts";

export const groupDelete = defineCommand({
  name: "group delete",
  summary: "Delete a cluster group that has no nested clusters",
  description: `Example:
  inkube group delete europe`,
  arguments: [{ name: "name", description: "name of the group", required: true }],
  options: deleting,
  async run({ args, options }, context) {
    const { deleteGroup } = await import("../../actions/groups.ts");
    await deleteGroup(args.name, options, context);
  },
});
