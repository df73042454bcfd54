import { defineCommand } from "../../command.ts";

export const groupList = defineCommand({
  name: "group list",
  summary: "List the cluster groups that you may use",
  description: `Example:
  inkube group list -o json`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { listGroups } = await import("../../actions/groups.ts");
    await listGroups(context);
  },
});
