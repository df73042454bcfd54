import { defineCommand } from "../../command.ts";

export const keyList = defineCommand({
  name: "key list",
  summary: "List your API keys",
  description: `Example:
  inkube key list`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { listKeys } = await import("../../actions/keys.ts");
    await listKeys(context);
  },
});
