import { defineCommand } from "../../command.ts";
import { deleting } from "../common-options.ts";

export const keyDelete = defineCommand({
  name: "key delete",
  summary: "Delete one of your API keys; it stops counting at once",
  description: `Example:
  inkube key delete abcdefghij234567`,
  arguments: [{ name: "id", description: "as inkube key list shows it", required: true }],
  options: deleting,
  async run({ args, options }, context) {
    const { deleteKey } = await import("../../actions/keys.ts");
    await deleteKey(args.id, options, context);
  },
});
