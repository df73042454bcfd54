import { defineCommand } from "../../command.ts";

export const quotaShow = defineCommand({
  name: "quota show",
  summary: "Show the quota of each user",
  description: `Example:
  inkube quota show`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { showQuota } = await import("../../actions/quota.ts");
    await showQuota(context);
  },
});
