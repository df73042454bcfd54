import { defineCommand } from "../../command.ts";

export const groupDelete = defineCommand({
  name: "group delete",
  summary: "Delete a cluster group that has no nested clusters",
  arguments: [{ name: "name", description: "name of the group", required: true }],
  options: {},
  async run({ args }, context) {
    const { deleteGroup } = await import("../../actions/groups.ts");
    await deleteGroup(args.name, context);
  },
});
