import { defineCommand } from "../../command.ts";

export const quotaUsage = defineCommand({
  name: "quota usage",
  summary: "Show what your nested clusters take of your quota",
  description: `Example:
  inkube quota usage`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { showUsage } = await import("../../actions/quota.ts");
    await showUsage(context);
  },
});
