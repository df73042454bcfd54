import { defineCommand } from "../../command.ts";

export const filterList = defineCommand({
  name: "filter list",
  summary: "List the access filters of the hub",
  description: `Example:
  inkube filter list`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { listFilters } = await import("../../actions/access-filters.ts");
    await listFilters(context);
  },
});
