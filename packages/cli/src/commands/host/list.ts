import { defineCommand } from "../../command.ts";

export const hostList = defineCommand({
  name: "host list",
  summary: "List the hosts of the hub",
  description: `Example:
  inkube host list`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { listHosts } = await import("../../actions/hosts.ts");
    await listHosts(context);
  },
});
