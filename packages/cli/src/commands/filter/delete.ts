import { defineCommand } from "../../command.ts";
import { deleting } from "../common-options.ts";

export const filterDelete = defineCommand({
  name: "filter delete",
  summary: "Delete an access filter, and take what it gave",
  description: `Example:
  inkube filter delete claims`,
  arguments: [{ name: "name", description: "name of the filter", required: true }],
  options: deleting,
  async run({ args, options }, context) {
    const { deleteFilter } = await import("../../actions/access-filters.ts");
    await deleteFilter(args.name, options, context);
  },
});
