import { defineCommand } from "../../command.ts";

export const hostDescribe = defineCommand({
  name: "host describe",
  summary: "Show a host and the nested clusters on it",
  description: `Example:
  inkube host describe edge-1`,
  arguments: [{ name: "name", description: "name of the host", required: true }],
  options: {},
  async run({ args }, context) {
    const { describeHost } = await import("../../actions/hosts.ts");
    await describeHost(args.name, context);
  },
});
